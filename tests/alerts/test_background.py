"""What is told beside an alarm: its commonest error, and whether other sources deliver at the same place."""

import msgspec
import pytest

from alerts.alarms import Change
from alerts.background import NOTHING, Background, CommonError, Other, background
from alerts.kinds import Kind
from alerts.scope import Scope
from alerts.told import Telling
from pipeline.warehouse import Warehouse
from tests.alerts.live import said, store, submission_of
from tests.alerts.test_due import MINUTE, OPENED

VIVO = Scope("a", "BR", "vivo")
TEXT, MASKED = "no way to +5511987654321", "no way to +551********21"
ALARM: Telling = msgspec.structs.replace(OPENED, scope=VIVO)


def told(warehouse: Warehouse) -> None:
    """Six failures at one source, and four messages of another one, half of which arrive."""
    events = []
    for number, (source, status, family, code) in enumerate(
        [("a", "failed", "network", "21")] * 3
        + [("a", "failed", "filtered", "30")] * 2
        + [("a", "failed", "absent", "1")]
        + [("a", "delivered", "", "")]
        + [("b", "delivered", "", "")] * 2
        + [("b", "failed", "network", "21")] * 2
    ):
        at = (MINUTE - 4) * 60_000 + number
        event = submission_of(f"message {number}", at) | said(f"message {number}", "report", status, family, at)
        events.append(event | {"source": source, "error_code": code, "error_text": TEXT * (code == "21")})
    # what came before the onset, after the change, or is of another carrier says nothing
    for name, minute, carrier in (("old", MINUTE - 9, "vivo"), ("new", MINUTE + 1, "vivo"), ("far", MINUTE - 3, "tim")):
        event = submission_of(name, minute * 60_000) | said(name, "report", "failed", "gateway", minute * 60_000)
        said_of = {"error_code": "9", "error_text": "", "carrier": carrier}
        events += [event | said_of | {"source": source} for source in ("a", "b")]
    store(warehouse, events, "told")
    store(warehouse, events[:3], "told again")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (Kind.FAILURES, CommonError("network", "21", MASKED, 3, 5)),
        (Kind.BAD_LIST, CommonError("absent", "1", "", 1, 1)),
        (Kind.LATE, None),
    ],
)
def test_the_commonest_error_and_what_others_deliver(either: Warehouse, kind: Kind, error: CommonError | None) -> None:
    told(either)
    alarm = msgspec.structs.replace(ALARM, kind=kind)
    assert background(either, alarm) == Background(error, (Other("b", 2, 4),))


def test_an_alarm_of_several_sources_has_no_others(warehouse: Warehouse) -> None:
    told(warehouse)
    alarm = msgspec.structs.replace(ALARM, scope=VIVO._replace(source=None))
    assert background(warehouse, alarm) == Background(CommonError("network", "21", MASKED, 5, 7), None)


def test_what_is_over_or_about_a_whole_source_needs_none(warehouse: Warehouse) -> None:
    told(warehouse)
    assert background(warehouse, msgspec.structs.replace(ALARM, change=Change.RESOLVED)) == NOTHING
    assert background(warehouse, msgspec.structs.replace(ALARM, kind=Kind.UNHEARD)) == NOTHING
