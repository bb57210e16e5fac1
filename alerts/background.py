"""What helps to judge an alarm, from the warehouse: its commonest error, and what other sources do at its place."""

import msgspec
import structlog

from alerts.alarms import Change
from alerts.kinds import SOURCE_KINDS, Kind
from alerts.learning import DAY
from alerts.told import Telling
from pipeline.clock import MINUTE_MS
from pipeline.logging import mask_numbers
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse, WarehouseError

log = structlog.get_logger(__name__)


class CommonError(msgspec.Struct, frozen=True):
    """Of `failed` messages `messages` ended in this error.

    `family` is ours; `code` and `text` are the provider's, without numbers.
    """

    family: str
    code: str
    text: str
    messages: int
    failed: int


class Other(msgspec.Struct, frozen=True):
    """Another source, and how many of its messages that ended there were delivered."""

    source: str
    delivered: int
    of: int


class Background(msgspec.Struct, frozen=True):
    """As of the change that is told. `others` is None where the alarm is about several sources or none's messages."""

    error: CommonError | None = None
    others: tuple[Other, ...] | None = None


NOTHING = Background()


def background(store: Warehouse, alarm: Telling) -> Background:
    """Asked for anew each time it is told, of a day at most; nothing when it is over, or where it cannot be had."""
    if alarm.change is Change.RESOLVED or alarm.kind in SOURCE_KINDS:
        return NOTHING
    since = max(alarm.onset, alarm.minute - DAY)
    period = {"since": since * MINUTE_MS, "until": (alarm.minute + 1) * MINUTE_MS}
    try:
        return Background(_error(store, alarm, period), _others(store, alarm, period))
    except WarehouseError as error:
        log.warning("background_not_known", alert=alarm.id, reason=str(error))
        return NOTHING


def _error(store: Warehouse, alarm: Telling, period: dict[str, int]) -> CommonError | None:
    if alarm.kind not in (Kind.FAILURES, Kind.BAD_LIST):
        return None
    asked = {**period, **alarm.scope._asdict(), "recipient": alarm.kind is Kind.BAD_LIST}
    for family, code, status, text, messages, failed in store.query(load_sql("alerts/errors"), asked):
        return CommonError(family, mask_numbers(code or status), mask_numbers(text), messages, failed)
    return None


def _others(store: Warehouse, alarm: Telling, period: dict[str, int]) -> tuple[Other, ...] | None:
    if alarm.scope.source is None:
        return None
    asked = {**period, **alarm.scope._asdict()}
    return tuple(Other(*row) for row in store.query(load_sql("alerts/others"), asked))
