"""What is inserted is there once, in one block, in the table and in what its views fill; and errors have their kind."""

import base64
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pipeline.servers import on_this_machine
from pipeline.warehouse import Refused, Retry, Setup, Warehouse
from pipeline.warehouse.block import MAX_ROWS
from pipeline.warehouse.migrations import migrate
from schemas.event import Event, Kind, Origin
from schemas.status import Status
from tests.model import Telling
from tests.services import Engine, free_ports, new_engine
from tests.warehouse.tellings import event_columns

DAY = 1_766_000_000_000
FILLED = ("events", "messages", "recipients")


def block(count: int, text: str = "", first: int = 0) -> Mapping[str, Sequence[Any]]:
    """`count` events of as many messages."""
    return event_columns(
        [
            Telling(
                Event(
                    kind=Kind.REPORT,
                    source="integrax-br",
                    provider="integrax",
                    origin=Origin.WEBHOOK,
                    message_id=f"0{number}",
                    message_key=f"0{number}",
                    identity=number << 64,
                    occurred_at=DAY + number,
                    received_at=DAY + number + 1,
                    recipient=f"+55119{number:08}",
                    status=Status.DELIVERED,
                    error_text=text,
                ),
                1,
                DAY,
            )
            for number in range(first, first + count)
        ]
    )


def rows(warehouse: Warehouse) -> dict[str, int]:
    return {table: warehouse.query(f"SELECT count() FROM {table}")[0][0] for table in FILLED}


def test_a_block_of_many_bytes_stays_one_block(alone: Warehouse) -> None:
    # clickhouse-connect's own insert made three of this.
    alone.insert("events", block(20_000, "x" * 300), "one")
    parts = alone.query(
        "SELECT table, rows FROM system.parts WHERE database = currentDatabase() AND rows > 0 "
        "AND table IN ('events', 'messages', 'recipients') ORDER BY table"
    )
    assert parts == [(table, 20_000) for table in FILLED]


def test_the_largest_block_stays_one_block(alone: Warehouse) -> None:
    alone.insert("events", block(MAX_ROWS), "one")
    assert alone.query("SELECT count() FROM system.parts WHERE table = 'messages' AND rows > 0") == [(1,)]
    with pytest.raises(ValueError, match="at most"):
        alone.insert("homes", dict.fromkeys(("id_hash", "message", "home"), [1] * (MAX_ROWS + 1)), "two")


def test_a_token_is_taken_once_in_the_table_and_in_its_views(warehouse: Warehouse) -> None:
    for token in ("one", "one", "two"):
        warehouse.insert("events", block(5), token)
    assert rows(warehouse) == dict.fromkeys(FILLED, 10)


def test_the_same_columns_are_inserted_twice_under_two_tokens(warehouse: Warehouse) -> None:
    for token in ("one", "two"):
        warehouse.insert("chunks", {"log": [UUID(int=1)], "first": [1], "last": [2]}, token)
    assert warehouse.query("SELECT count() FROM chunks") == [(2,)]


def test_every_table_takes_a_token_once(warehouse: Warehouse) -> None:
    columns: dict[str, Mapping[str, Sequence[Any]]] = {
        "homes": {"id_hash": [1], "message": [2], "home": [DAY]},
        "dead_letters": {"id": [1 << 127], "received_at": [DAY]},
        "chunks": {"log": [UUID(int=1)], "first": [1]},
        "readings": {"reading": [1], "digest": ["d"], "since": [DAY]},
    }
    for table, row in columns.items():
        for _ in range(2):
            warehouse.insert(table, row, "once")
        assert warehouse.query(f"SELECT count() FROM {table}") == [(1,)]


def test_an_insert_that_died_inside_a_view_is_whole_after_the_same_again(warehouse: Warehouse) -> None:
    """The view's target refuses at first: then the events are there, and what is filled after it is not."""
    _alter(warehouse, "ADD CONSTRAINT broken CHECK message = 0")
    try:
        with pytest.raises(Refused, match="VIOLATED_CONSTRAINT"):
            warehouse.insert("events", block(100), "one")
        broken = rows(warehouse)
        assert broken["events"] > 0
        assert broken["messages"] == broken["recipients"] == 0
    finally:
        _alter(warehouse, "DROP CONSTRAINT broken")
    warehouse.insert("events", block(100), "one")
    warehouse.insert("events", block(100), "one")
    assert rows(warehouse) == dict.fromkeys(FILLED, 100)


def _alter(warehouse: Warehouse, change: str) -> None:
    for server in warehouse.each():
        for table in ("messages", "recipients"):
            server.command(f"ALTER TABLE {server.servers.local}.{table} {change}")


def test_crashes_at_any_moment_of_an_insert_are_repaired_by_the_same_again(tmp_path: Path) -> None:
    engine = new_engine(tmp_path / "engine")
    engine.start()
    writer = engine.writer()
    migrate(writer)
    chance = random.Random(5)
    blocks = [block(2_000, "x", first=2_000 * number) for number in range(8)]
    for number, columns in enumerate(blocks):
        crash = soon(engine.kill, chance.uniform(0.0, 0.08))
        try:
            writer.insert("events", columns, f"token {number}")
        except Retry:
            pass
        finally:
            crash.join()
        engine.start()
        writer.insert("events", columns, f"token {number}")
    assert rows(writer) == dict.fromkeys(FILLED, 16_000)
    writer.close()
    engine.kill()


def soon(action: Callable[[], None], seconds: float) -> threading.Timer:
    """The action, done in so many seconds."""
    timer = threading.Timer(seconds, action)
    timer.start()
    return timer


BAD_VALUES = {
    "status": "nonsense",
    "reading": 70_000,
    "identity": -1,
    "message_id": None,
    "recipient": "lone surrogate \ud800",
    "log": "not a uuid",
    "occurred_at": "yesterday",
    "cost": "free",
    "home": 1 << 80,
}


@pytest.mark.parametrize(("column", "value"), BAD_VALUES.items())
def test_a_value_that_does_not_fit_is_refused_without_being_shown(
    warehouse: Warehouse, column: str, value: object
) -> None:
    good = block(3)
    columns: dict[str, Sequence[Any]] = {**good, column: [good[column][0], value, good[column][2]]}
    with pytest.raises(Refused) as caught:
        warehouse.insert("events", columns, "bad")
    assert "events" in str(caught.value)
    assert str(value) not in str(caught.value)
    assert rows(warehouse) == dict.fromkeys(FILLED, 0)


def test_values_come_back_as_they_went_in(warehouse: Warehouse) -> None:
    text = "\x00\x1f\t\n'\\ \U0001f642 ü"
    body = bytes(range(256))
    letter: dict[str, Sequence[Any]] = {
        "id": [(1 << 128) - 1],
        "body": [body],
        "detail": [text],
        "received_at": [DAY + 7],
        "log": [UUID(int=9)],
    }
    warehouse.insert("dead_letters", letter, "one")
    assert warehouse.query("SELECT id, base64Encode(body), detail, received_at, log FROM dead_letters") == [
        ((1 << 128) - 1, base64.b64encode(body).decode(), text, DAY + 7, UUID(int=9))
    ]


def test_no_rows_are_no_insert(warehouse: Warehouse) -> None:
    warehouse.insert("events", block(0), "one")
    assert rows(warehouse) == dict.fromkeys(FILLED, 0)


def test_columns_of_different_lengths_are_a_mistake(warehouse: Warehouse) -> None:
    with pytest.raises(ValueError, match="different lengths"):
        warehouse.insert("homes", {"id_hash": [1], "message": [1, 2], "home": [DAY]}, "one")


@pytest.mark.parametrize(
    ("table", "columns", "message"),
    [("nowhere", {"a": [1]}, "nowhere"), ("homes", {"colour": [1]}, "colour")],
)
def test_a_schema_that_does_not_fit_is_a_set_up_error(
    warehouse: Warehouse, table: str, columns: Mapping[str, Sequence[Any]], message: str
) -> None:
    with pytest.raises(Setup, match=message):
        warehouse.insert(table, columns, "one")


def test_a_column_that_came_later_is_found(alone: Warehouse) -> None:
    row: dict[str, Sequence[Any]] = {"reading": [1], "digest": ["d"], "since": [DAY], "note": ["n"]}
    with pytest.raises(Setup, match="note"):
        alone.insert("readings", row, "one")
    alone.command("ALTER TABLE readings ADD COLUMN note String")
    try:
        alone.insert("readings", row, "one")
        assert alone.query("SELECT note FROM readings") == [("n",)]
    finally:
        alone.command("ALTER TABLE readings DROP COLUMN note")


def test_a_server_that_is_away_is_tried_again_and_found(engine: Engine, tmp_path: Path) -> None:
    nobody = Warehouse(on_this_machine(free_ports(1)[0]), "writer", "secret word")
    with pytest.raises(Retry, match="does not answer") as caught:
        nobody.insert("events", block(1), "one")
    assert "secret word" not in str(caught.value)
    assert not nobody.ping()


def test_a_look_up_takes_twenty_thousand_keys_along(warehouse: Warehouse) -> None:
    numbers = [number << 100 for number in range(20_000)]
    asked = {"asked": ("id UInt128, at UInt64", (numbers, range(20_000)))}
    found = warehouse.query("SELECT count(), sum(at), max(id) FROM asked", external=asked)
    assert found == [(20_000, sum(range(20_000)), numbers[-1])]
    warehouse.command(
        "INSERT INTO homes SELECT at, at, fromUnixTimestamp64Milli({at:Int64}, 'UTC') FROM asked", {"at": DAY}, asked
    )
    assert warehouse.query("SELECT count(), max(home) FROM homes") == [(20_000, DAY)]
