"""The figures by hour and day are those of the messages, whatever came late, and outlive them where they are sealed."""

import itertools
import math
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings

from pipeline.warehouse import Warehouse
from pipeline.warehouse.rollups import DAYS, HOURS, refresh
from schemas.event import Event, Kind, Origin
from schemas.status import Family, Status
from tests.figures import HOUR, Figures, Route, deliveries, quantile
from tests.model import Telling, messages
from tests.services import Engine, empty, work_out
from tests.support.waiting import until
from tests.warehouse.tellings import event_columns
from tests.warehouse.test_views import histories

DAY = 24 * HOUR
MEASURES = ("messages", "submitted", "segments", "priced", "cost", "timed_from_submission", "timed_from_first_sight")
LEVELS = (0.5, 0.9, 0.95, 0.99)

numbers = itertools.count(1)


@pytest.fixture(scope="module")
def storage(engine: Engine) -> Iterator[Warehouse]:
    with closing(engine.writer()) as writer:
        yield writer


def insert(warehouse: Warehouse, told: list[Telling]) -> None:
    warehouse.insert("events", event_columns(told), str(next(numbers)))


def shown(warehouse: Warehouse, view: str = "deliveries", since: str = "hour") -> dict[Route, tuple[object, ...]]:
    """The view's rows; the hour in milliseconds."""
    names = ", ".join(name for name in Route._fields if name != "hour")
    spans = ", ".join(
        f"quantilesBFloat16Merge({', '.join(map(str, LEVELS))})({column})"
        for column in ("from_submission", "from_first_sight")
    )
    rows = warehouse.query(
        f"SELECT toUnixTimestamp({since}) * 1000, {names}, {', '.join(f'sum({name})' for name in MEASURES)}, {spans} "
        f"FROM delivrd.{view} GROUP BY ALL"
    )
    width = len(Route._fields)
    return {
        Route(*row[:width])._replace(status=Status(row[8]), error_family=Family(row[11])): row[width:] for row in rows
    }


def assert_equal(shown: dict[Route, tuple[object, ...]], expected: dict[Route, Figures]) -> None:
    assert shown.keys() == expected.keys()
    for route, figures in expected.items():
        *measures, from_submission, from_first_sight = shown[route]
        assert measures == [getattr(figures, name) for name in MEASURES]
        for told, spans in ((from_submission, figures.from_submission), (from_first_sight, figures.from_first_sight)):
            assert isinstance(told, list | tuple)
            for level, value in zip(LEVELS, told, strict=True):
                if spans:
                    low, high = quantile(spans, level)
                    assert low * 127 / 128 - 1 <= value <= high * 129 / 128 + 1
                else:
                    assert math.isnan(value)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
def test_figures_equal_the_model_after_each_block(storage: Warehouse, history: list[list[Telling]]) -> None:
    empty(storage)
    tellings: list[Telling] = []
    for block in history:
        if not block:
            continue
        insert(storage, block)
        tellings += block
        work_out(storage)
        expected = deliveries(messages(tellings).values())
        assert_equal(shown(storage), expected)


def a_message(home: int, status: Status, number: int = 1) -> Telling:
    event = Event(
        kind=Kind.REPORT,
        source="a",
        provider="p",
        origin=Origin.WEBHOOK,
        message_id=str(number),
        message_key=str(number),
        identity=next(numbers) << 64,
        occurred_at=home,
        received_at=home,
        recipient="+55",
        status=status,
    )
    return Telling(event, 1, home)


def counted(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return warehouse.query("SELECT status, sum(messages) FROM delivrd.deliveries GROUP BY status ORDER BY status")


def test_figures_follow_by_themselves(warehouse: Warehouse) -> None:
    [(now,)] = warehouse.query("SELECT toUnixTimestamp64Milli(now64(3))")
    insert(warehouse, [a_message(now, Status.SENT)])
    until(lambda: counted(warehouse) == [("sent", 1)], "the view works")
    insert(warehouse, [a_message(now, Status.DELIVERED)])
    until(lambda: counted(warehouse) == [("delivered", 1)], "the view works again")


def test_days_are_the_sums_of_their_hours(warehouse: Warehouse) -> None:
    noon = 20_454 * DAY + DAY // 2
    insert(warehouse, [a_message(noon + hour * HOUR, Status.DELIVERED, hour) for hour in range(24)])
    work_out(warehouse)
    by_day = "SELECT toUnixTimestamp(day) * 1000, sum(messages) FROM delivrd.deliveries_daily GROUP BY day ORDER BY day"
    assert warehouse.query(by_day) == [(noon - DAY // 2, 12), (noon + DAY // 2, 12)]
    insert(warehouse, [a_message(noon + 23 * HOUR, Status.DELIVERED, 24)])
    work_out(warehouse)
    assert warehouse.query(by_day) == [(noon - DAY // 2, 12), (noon + DAY // 2, 13)]


def test_an_insert_that_is_tried_again_touches_again(warehouse: Warehouse) -> None:
    columns = event_columns([a_message(DAY, Status.SENT)])
    seen = set()
    for _ in range(2):
        warehouse.insert("events", columns, "one token")
        seen.add(warehouse.query("SELECT max(at) FROM touched")[0])
    assert len(seen) == 2
    assert warehouse.query("SELECT count() FROM delivrd.events") == [(1,)]


def test_a_run_is_bounded_and_takes_the_newest_first(alone: Warehouse) -> None:
    for table in ("messages", "hourly"):
        alone.command(f"SYSTEM STOP MERGES delivrd_store.{table}")
    for hour, rows in ((1, 1), (2, 400_001), (3, 1)):
        # one message, in as many rows as if it had been told of so often
        alone.command(
            "INSERT INTO messages (home, message) SELECT fromUnixTimestamp64Milli({home:Int64}, 'UTC'), 1 "
            "FROM numbers({rows:UInt64}) SETTINGS optimize_on_insert = 0",
            {"home": hour * HOUR, "rows": rows},
        )
    alone.command("INSERT INTO touched SELECT toDateTime(number * 3600, 'UTC'), true, now64(3) FROM numbers(1, 3)")
    for _ in range(2):
        refresh(alone, HOURS)
    # The first time that each was worked out: the view may have worked by its clock meanwhile, too.
    versions = alone.query("SELECT min(version) FROM hourly GROUP BY start ORDER BY start")
    for table in ("messages", "hourly"):
        alone.command(f"SYSTEM START MERGES delivrd_store.{table}")
    [(oldest,), (large,), (newest,)] = versions
    assert newest == large < oldest


def test_a_run_takes_a_few_days_and_the_newest_first(alone: Warehouse) -> None:
    alone.command("SYSTEM STOP MERGES delivrd_store.daily")
    insert(alone, [a_message(day * DAY, Status.SENT, day) for day in range(1, 6)])
    work_out(alone)
    # What one run has worked out is one part.
    runs = "SELECT arraySort(groupArray(toDayOfMonth(start) - 1)) FROM daily GROUP BY _part ORDER BY _part"
    assert alone.query(runs) == [([3, 4, 5],), ([1, 2],)]
    alone.command("SYSTEM START MERGES delivrd_store.daily")


@pytest.mark.parametrize("late", [False, True])
def test_shards_work_out_their_own(sharded: Warehouse, late: bool) -> None:
    told = [a_message(DAY + number % 3 * HOUR, Status.SENT, number) for number in range(50)]
    insert(sharded, told)
    if late:
        work_out(sharded)
    more = [a_message(DAY + number % 3 * HOUR, Status.DELIVERED, number) for number in range(0, 50, 2)]
    insert(sharded, more)
    work_out(sharded)
    refresh(sharded, DAYS)
    assert_equal(shown(sharded), deliveries(messages(told + more).values()))
    assert {len(server.query("SELECT 1 FROM delivrd_local.newest_hourly")) > 0 for server in sharded.each()} == {True}
