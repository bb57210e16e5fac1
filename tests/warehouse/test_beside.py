"""Tables beside those that serve: filled in peace, then their rows are the ones, on one server and on two shards."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from uuid import UUID

import pytest

from pipeline.warehouse import Retry, Warehouse
from pipeline.warehouse import beside as rebuilt
from pipeline.warehouse.beside import (
    NEEDED,
    REBUILT,
    UNTOUCHED,
    Begun,
    begin,
    begun,
    beside,
    drop,
    exchange,
    finish,
    is_heedful,
    lost,
)
from pipeline.warehouse.migrations import BOOKKEEPING
from pipeline.warehouse.retention import Retention
from pipeline.warehouse.rollups import settle
from pipeline.warehouse.standstill import announce, check_may_begin, withdraw
from schemas.status import Status
from tests.services import empty, merge, work_out
from tests.warehouse.tellings import LOG
from tests.warehouse.test_rollups import DAY, a_message, counted, insert

NOON = 20_454 * DAY + DAY // 2
RETENTION = Retention(messages=0, texts=0, dead_letters=0, figures=0)
WORK = Begun("digest", NOON)
HELD = [(str(LOG), 0, 0, 100)]
OTHER = UUID(int=8)


@pytest.fixture
def serving(warehouse: Warehouse) -> Iterator[Warehouse]:
    """What serves: messages of three months, and figures of them."""
    for month in range(3):
        insert(warehouse, [a_message(NOON + month * 31 * DAY, Status.SENT, number) for number in range(20)])
    work_out(warehouse)
    assert counted(warehouse) == [("sent", 60)]
    yield warehouse
    drop(warehouse)
    empty(warehouse)


def fill(warehouse: Warehouse) -> None:
    """What is to serve: other messages, of the first month and of a later one."""
    with closing(beside(warehouse)) as new:
        for month in (0, 3):
            insert(new, [a_message(NOON + month * 31 * DAY, Status.DELIVERED, number) for number in range(10)])
        settle(new)


def states(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return warehouse.query("SELECT toString(status), count() FROM delivrd.messages GROUP BY status ORDER BY 1")


def leftovers(warehouse: Warehouse) -> set[object]:
    return {
        row
        for server in warehouse.each()
        for row in server.query("SELECT name FROM system.databases WHERE name LIKE '%new'")
    }


def test_the_rows_beside_take_the_place_of_the_others(serving: Warehouse) -> None:
    begin(serving, WORK, HELD, RETENTION)
    assert begun(serving) == WORK
    fill(serving)
    assert (states(serving), counted(serving)) == ([("sent", 60)], [("sent", 60)]), "it serves as before"
    exchange(serving)
    assert (states(serving), counted(serving)) == ([("delivered", 20)], [("delivered", 20)])
    assert serving.query("SELECT count() FROM delivrd.events") == [(20,)]
    assert leftovers(serving) == set()
    assert begun(serving) is None

    insert(serving, [a_message(NOON + DAY, Status.SENT, 99)])
    work_out(serving)
    assert states(serving) == [("delivered", 20), ("sent", 1)], "its views fill them as before"
    assert counted(serving) == [("sent", 1), ("delivered", 20)]


def test_an_exchange_that_was_cut_off_is_finished_by_whoever_comes_next(
    serving: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(serving, WORK, HELD, RETENTION)
    fill(serving)
    statements = iter((1, 9, 25, 47, 70))
    with monkeypatch.context() as killed:
        killed.setattr(Warehouse, "command", cut_off_after(next(statements)))
        with pytest.raises(Retry):
            exchange(serving)
    for number in statements:
        with monkeypatch.context() as killed, contextlib.suppress(Retry):
            killed.setattr(Warehouse, "command", cut_off_after(number))
            finish(serving)
    finish(serving)
    assert (states(serving), counted(serving)) == ([("delivered", 20)], [("delivered", 20)])
    assert leftovers(serving) == set()


def cut_off_after(statements: int) -> Callable[..., None]:
    command = Warehouse.command
    left = itertools.count(statements, -1)

    def cut_off(self: Warehouse, *arguments: Any) -> None:
        if next(left) == 0:
            raise Retry("gone")
        command(self, *arguments)

    return cut_off


def test_consumers_are_told_what_they_wait_for(serving: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(serving, WORK, HELD, RETENTION)
    announce(serving)
    with pytest.raises(Retry, match="rebuild --all"):
        check_may_begin(serving)
    with monkeypatch.context() as killed:
        killed.setattr(rebuilt, "finish", cut_off_after(0))
        with pytest.raises(Retry):
            exchange(serving)
    withdraw(serving)
    with pytest.raises(Retry, match="delivrd migrate"):
        check_may_begin(serving)
    finish(serving)
    check_may_begin(serving)


def test_a_server_that_is_away_keeps_nobody_waiting_on_the_others(
    serving: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(serving, WORK, HELD, RETENTION)
    announce(serving)
    with monkeypatch.context() as away:
        away.setattr(Warehouse, "command", cut_off_after(0))
        with pytest.raises(Retry):
            withdraw(serving)
    announced = []
    for server in serving.each():
        try:
            check_may_begin(server)
            announced.append(False)
        except Retry:
            announced.append(True)
    assert announced == [True, *[False] * (len(announced) - 1)]


def test_what_no_record_tells_is_carried_over(serving: Warehouse) -> None:
    letters: dict[str, list[Any]] = {
        "id": [1, 2], "state": ["open"] * 2, "received_at": [NOON] * 2, "body": [b"held", b"gone"], "log": [LOG, OTHER],
        "log_offset": [7, 7],
    }  # fmt: skip
    serving.insert("dead_letters", letters, "letters")
    serving.insert("homes", {"id_hash": [1, 2], "message": [1, 2], "home": [NOON - 1, NOON]}, "homes")
    serving.insert("readings", {"reading": [3], "digest": ["d"], "since": [NOON]}, "readings")
    insert(serving, [a_message(NOON - DAY, Status.READ, 99)])
    work_out(serving)
    begin(serving, WORK, HELD, RETENTION)
    fill(serving)
    exchange(serving)
    assert serving.query("SELECT body FROM delivrd.dead_letters") == [("gone",)], "the other one is read again"
    assert serving.query("SELECT message FROM homes WHERE message IN (1, 2)") == [(1,)]
    assert serving.query("SELECT reading FROM readings") == [(3,)]
    assert counted(serving) == [("delivered", 20), ("read", 1)], "figures outlive what they were made of"
    merge(serving, "hourly", "daily")
    by_day = "SELECT sum(messages) FROM delivrd.deliveries_daily WHERE day = '2026-01-01' OR day < '2026-01-01'"
    assert serving.query(by_day) == serving.query(by_day.replace("_daily", "").replace("day", "toDate(hour)"))


def test_what_was_sealed_stays_where_messages_are_kept_longer_now(serving: Warehouse) -> None:
    serving.insert("homes", {"id_hash": [1, 2], "message": [1, 2], "home": [NOON + DAY, NOON + 60 * DAY]}, "sealed")
    for server in serving.each():
        local = server.servers.local
        server.command(f"INSERT INTO {local}.kept VALUES (0, now64(3), {(NOON + 20 * DAY) // 1000})")
        for table in ("events", "messages"):
            server.command(f"ALTER TABLE {local}.{table} DELETE WHERE home < toDateTime({NOON // 1000}) + 1")
    begin(serving, WORK, HELD, RETENTION)
    with closing(beside(serving)) as new:
        # Of the hour that is sealed, log and archive may hold a part, and of a later one of the same month all.
        insert(new, [a_message(NOON, Status.SENT, 1), a_message(NOON + 25 * DAY, Status.READ, 2)])
        settle(new)
    exchange(serving)
    assert states(serving) == [("read", 1), ("sent", 1)]
    assert counted(serving) == [("sent", 20), ("read", 1)]
    assert serving.query("SELECT message FROM homes WHERE message IN (1, 2)") == [(1,)]


def test_who_is_listed_when_it_has_begun_is_noticed(serving: Warehouse) -> None:
    serving.command("INSERT INTO forgotten VALUES (1, 7, 0)")
    begin(serving, WORK, HELD, RETENTION)
    assert is_heedful(serving)
    serving.command("INSERT INTO forgotten VALUES (2, 7, 0)")
    assert not is_heedful(serving)


def test_what_would_be_lost_is_known_before(serving: Warehouse) -> None:
    assert lost(serving, HELD, 0) == (0, 0)
    assert lost(serving, [(str(OTHER), 0, 0, 100)], 0) == (60, NOON)
    assert lost(serving, [], NOON + 30 * DAY) == (40, NOON + 31 * DAY)
    assert lost(serving, [(str(LOG), 0, 0, 9), (str(LOG), 0, 11, 100)], 0) == (3, NOON)
    assert lost(serving, [(str(LOG), 1, 0, 100)], NOON + 62 * DAY - 1) == (20, NOON + 62 * DAY)


def test_of_each_table_it_is_said_what_a_rebuild_does_with_it(warehouse: Warehouse) -> None:
    known = {*REBUILT, *NEEDED, *UNTOUCHED, BOOKKEEPING}
    for server in warehouse.each():
        tables = "SELECT name FROM system.tables WHERE database = {local:String} AND engine LIKE '%MergeTree'"
        assert {name for (name,) in server.query(tables, {"local": server.servers.local})} == known
