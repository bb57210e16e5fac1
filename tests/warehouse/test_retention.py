"""What is past its retention goes, by whole months and no earlier; figures outlive what they were made of."""

from collections.abc import Callable, Iterator
from functools import partial

import msgspec
import pytest

from pipeline.settings.rules import MOST_DAYS
from pipeline.warehouse import Warehouse
from pipeline.warehouse.retention import EMPTIED, MONTH_DAYS, RETAINED, Retention, apply_retention
from pipeline.warehouse.rollups import DAYS, HOURS, refresh
from schemas.event import Kind
from schemas.status import Status
from tests.figures import HOUR
from tests.model import Telling
from tests.services import merge, work_out
from tests.support.waiting import until
from tests.warehouse.test_rollups import DAY, a_message, counted, insert

EVER = Retention(messages=0, texts=0, dead_letters=0, figures=0)
MONTH = Retention(messages=30, texts=30, dead_letters=30, figures=0)
ALTERED = [*RETAINED, *(".".join(column) for column in EMPTIED)]
FIGURES = ("hourly", "daily")
PRESENT = "SELECT toUnixTimestamp64Milli(now64(3))"
IN_2099 = 4_099_680_000_000
"""2099-11-30T00:00:00Z"""


@pytest.fixture
def kept(warehouse: Warehouse) -> Iterator[Warehouse]:
    """It keeps everything for ever when the test ends."""
    yield warehouse
    apply_retention(warehouse, EVER)


def now(warehouse: Warehouse) -> int:
    [(present,)] = warehouse.query(PRESENT)
    return int(present)


def is_answered(ask: Callable[[], list[tuple[object, ...]]], row: tuple[object, ...]) -> bool:
    return ask() == [row]


def texts(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return warehouse.query("SELECT message_id, text FROM delivrd.inbound ORDER BY message_id")


def a_text(home: int, number: int) -> Telling:
    told = a_message(home, Status.NONE, number)
    return told._replace(event=msgspec.structs.replace(told.event, kind=Kind.INBOUND, text=f"word {number}"))


def test_only_what_differs_is_altered(kept: Warehouse) -> None:
    assert apply_retention(kept, MONTH) == [name for name in ALTERED if name not in FIGURES]
    assert apply_retention(kept, MONTH) == []
    assert apply_retention(kept, Retention(messages=30, texts=7, dead_letters=30, figures=40)) == [
        *FIGURES,
        "events.text",
    ]
    assert apply_retention(kept, EVER) == ALTERED
    assert apply_retention(kept, EVER) == []


def test_texts_go_and_their_rows_stay(kept: Warehouse) -> None:
    present = now(kept)
    apply_retention(kept, Retention(messages=400, texts=30, dead_letters=400, figures=0))
    old, young = a_text(present - 100 * DAY, 1), a_text(present, 2)
    insert(kept, [old, young])
    merge(kept, "events")
    assert texts(kept) == [("1", ""), ("2", "word 2")]
    insert(kept, [old])  # a repeat, within the retention of its message
    merge(kept, "events")
    assert texts(kept) == [("1", ""), ("2", "word 2")]


def test_texts_that_are_kept_shorter_now_go_at_once(kept: Warehouse) -> None:
    insert(kept, [a_text(now(kept) - 100 * DAY, 1)])
    apply_retention(kept, Retention(messages=0, texts=30, dead_letters=0, figures=0))
    until(lambda: texts(kept) == [("1", "")], "what was told to go is gone")


def test_dead_letters_go_by_their_own_retention(kept: Warehouse) -> None:
    for days in (100, 1):
        kept.insert("dead_letters", {"id": [days], "body": ["{"], "received_at": [now(kept) - days * DAY]}, str(days))
    apply_retention(kept, Retention(messages=400, texts=90, dead_letters=30, figures=0))
    merge(kept, "dead_letters")
    assert kept.query("SELECT toUInt8(id) FROM dead_letters") == [(1,)]


def test_a_month_goes_as_a_whole(kept: Warehouse) -> None:
    """By itself, without a merge that anybody asked for; and one of which a day is kept stays, down to its first."""
    apply_retention(kept, MONTH)
    [(first,)] = kept.query("SELECT toUnixTimestamp(toStartOfMonth(now() - INTERVAL 32 DAY)::DateTime) * 1000")
    insert(kept, [a_message(first - days * DAY, Status.SENT, days) for days in range(1, 100)])
    insert(kept, [a_message(first, Status.SENT, 1000), a_message(now(kept), Status.SENT, 2000)])
    for table in ("events", "messages", "recipients"):
        left = partial(kept.query, f"SELECT count(), toUnixTimestamp64Milli(min(home)) FROM {table}")
        until(partial(is_answered, left, (2, first)), f"the past months are gone from {table}")


@pytest.mark.parametrize("days", [1, 400, MOST_DAYS])
def test_nothing_goes_early_and_all_goes_with_its_month(alone: Warehouse, days: int) -> None:
    """The expressions themselves, on the first and the last moment of each day from 1970 to 2099."""
    apply_retention(alone, Retention(messages=days, texts=days, dead_letters=days, figures=days))
    moment = "toDateTime64(intDiv(number, 2) * 86400 + if(number % 2, 86399.999, 0), 3, 'UTC')"
    for table, (column, _, _) in RETAINED.items():
        [(ttl,)] = alone.query(
            "SELECT extract(engine_full, ' TTL (.+?) SETTINGS') FROM system.tables WHERE name = {table:String} "
            "AND database = 'delivrd_store'",
            {"table": table},
        )
        [(early, late, split)] = alone.query(
            f"WITH {ttl} AS goes SELECT countIf(goes - toDate({column}) < {days + 1}), "
            f"countIf(goes - toDate({column}) > {days + 2 * MONTH_DAYS + 1}), "
            f"uniqExact(toYYYYMM({column}), goes) - uniqExact(toYYYYMM({column})) "
            f"FROM (SELECT {moment} AS {column} FROM numbers(2 * 130 * 365))"
        )
        assert (early, late, split) == (0, 0, 0), table
    apply_retention(alone, EVER)


def test_with_the_longest_retention_the_latest_time_stays(kept: Warehouse) -> None:
    apply_retention(kept, Retention(messages=MOST_DAYS, texts=MOST_DAYS, dead_letters=MOST_DAYS, figures=MOST_DAYS))
    insert(kept, [a_text(IN_2099 + 31 * DAY, 1), a_message(IN_2099 + 31 * DAY, Status.SENT, 2)])
    merge(kept, *RETAINED)
    assert texts(kept) == [("1", "word 1")]
    assert kept.query("SELECT count() FROM delivrd.messages") == [(1,)]


def test_figures_outlive_what_they_were_made_of(kept: Warehouse) -> None:
    """The messages are gone; a late repeat and a rebuild change nothing."""
    old, young = now(kept) - 100 * DAY, now(kept)
    insert(kept, [a_message(old, Status.DELIVERED, 1), a_message(old, Status.FAILED, 2), a_message(young, Status.SENT)])
    work_out(kept)
    apply_retention(kept, MONTH)
    merge(kept, "events", "messages")
    assert kept.query("SELECT count() FROM delivrd.messages") == [(1,)]
    # what the consumer would count as expired; here it comes in all the same
    insert(kept, [a_message(old, Status.FAILED, 1)])
    work_out(kept)
    assert counted(kept) == [("sent", 1), ("failed", 1), ("delivered", 1)]
    by_day = "SELECT sum(messages) FROM delivrd.deliveries_daily"
    refresh(kept, DAYS)
    assert kept.query(by_day) == [(3,)]


def test_what_was_sealed_stays_sealed_where_more_is_kept(kept: Warehouse) -> None:
    old = now(kept) - 100 * DAY
    insert(kept, [a_message(old, Status.DELIVERED, 1), a_message(old, Status.FAILED, 2)])
    work_out(kept)
    apply_retention(kept, MONTH)
    merge(kept, "events", "messages")
    for longer in (400, 0):
        apply_retention(kept, Retention(messages=longer, texts=0, dead_letters=0, figures=0))
        insert(kept, [a_message(old, Status.FAILED, 1)])
        work_out(kept)
        assert counted(kept) == [("failed", 1), ("delivered", 1)]


def test_the_last_facts_of_an_hour_are_in_its_figures(kept: Warehouse) -> None:
    """An hour that is over is worked out seldom; but always once more before it is sealed."""
    apply_retention(kept, MONTH)
    last = now(kept) - 30 * DAY - 3 * HOUR
    insert(kept, [a_message(last, Status.SENT)])
    refresh(kept, HOURS)
    insert(kept, [a_message(last, Status.DELIVERED)])
    refresh(kept, HOURS)
    assert counted(kept) == [("delivered", 1)]


def test_figures_go_where_they_are_not_kept_for_ever(kept: Warehouse) -> None:
    present = now(kept)
    insert(kept, [a_message(present - 200 * DAY, Status.SENT, 1), a_message(present, Status.SENT, 2)])
    work_out(kept)
    apply_retention(kept, Retention(messages=30, texts=30, dead_letters=30, figures=60))
    merge(kept, *FIGURES)
    assert counted(kept) == [("sent", 1)]
    assert kept.query("SELECT sum(messages) FROM delivrd.deliveries_daily") == [(1,)]
