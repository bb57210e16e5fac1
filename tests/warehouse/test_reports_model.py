"""Every report says what the rules say, of any history and period."""

import itertools

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.warehouse import Warehouse
from pipeline.warehouse.reports import report_names
from schemas.event import Event, Kind, Origin
from schemas.status import Status
from tests import reporting
from tests.figures import HOUR
from tests.model import Telling, inbound, messages
from tests.reporting import DAY, REPORTS, WEEK, Asked
from tests.services import Engine, empty, work_out
from tests.support.reports import assert_same, report
from tests.warehouse.tellings import event_columns

FIRST = 1_764_001_234_567
STATES = [Status.SENT, Status.UNKNOWN, Status.EXPIRED, Status.FAILED, Status.DELIVERED, Status.DELIVERED, Status.READ]

blocks = itertools.count()


def test_every_report_has_its_rules() -> None:
    assert {*REPORTS, "inbound"} == set(report_names())


STARTS = [FIRST - FIRST % HOUR + offset for offset in (0, 1, HOUR, DAY, WEEK, WEEK + 1, WEEK + HOUR)]


@st.composite
def some_messages(draw: st.DrawFn, kind: Kind = Kind.REPORT) -> list[Telling]:
    """So few routes that messages meet on them, told of once or twice, some handed over before."""
    told: list[Telling] = []
    for number in range(draw(st.integers(1, 40))):
        key, source, home = f"{kind} {number}", draw(st.sampled_from("ab")), draw(st.sampled_from(STARTS))
        cost = draw(st.sampled_from([None, 0.25, 0.5]))
        country, sender = draw(st.sampled_from(["BR", "US"])), draw(st.sampled_from("xy"))
        kinds = draw(st.sampled_from(([kind], [kind, kind], [Kind.SUBMISSION], [Kind.SUBMISSION, kind])))
        for place, what in enumerate(kinds if kind is Kind.REPORT else [kind]):
            event = Event(
                kind=what,
                source=source,
                provider="p",
                origin=Origin.SUBMISSION if what is Kind.SUBMISSION else Origin.WEBHOOK,
                message_id=key,
                message_key=key,
                identity=(number * 2 + place + 1) << 64,
                occurred_at=home + place * draw(st.integers(0, HOUR)),
                received_at=home + place,
                recipient="+1",
                sender=sender,
                status=Status.QUEUED if what is Kind.SUBMISSION else draw(st.sampled_from(STATES)),
                provider_status=draw(st.sampled_from(["", "W"])),
                error_code=draw(st.sampled_from(["", "7"])),
                country=country,
                cost=cost,
                currency="" if cost is None else "EUR",
                segments=draw(st.integers(0, 2)),
                text=draw(st.sampled_from(["", "t"])),
            )
            told.append(Telling(event, 1, home))
    return told


@st.composite
def periods(draw: st.DrawFn) -> Asked:
    """Some of which hold all that is told, some a part, some nothing."""
    since = draw(st.sampled_from(STARTS)) - draw(st.sampled_from([0, 1, HOUR]))
    until = since + draw(st.sampled_from([1, 2 * HOUR, DAY, 40 * DAY]))
    return Asked(since, until, until + draw(st.sampled_from([0, HOUR, DAY])))


# An example takes a second: a failing one is shown as it was found.
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.reuse, Phase.generate))
@given(some_messages(), some_messages(Kind.INBOUND), st.lists(periods(), min_size=1, max_size=4))
def test_reports_equal_the_model(
    engine: Engine, reports: list[Telling], came_in: list[Telling], asked: list[Asked]
) -> None:
    _store(engine.writer(), reports + came_in)
    outbound = list(messages(reports).values())
    reader = engine.reader()
    for period in asked:
        for name, rule in REPORTS.items():
            assert_same(report(reader, name, period), rule(outbound, period), name)
        assert_same(report(reader, "inbound", period), reporting.inbound(inbound(came_in), period), "inbound")
    reader.close()


def _store(writer: Warehouse, tellings: list[Telling]) -> None:
    empty(writer)
    writer.insert("events", event_columns(tellings), str(next(blocks)))
    work_out(writer)
    writer.close()
