"""A question about a period, a message or a number reads no more than it needs."""

import re
from collections.abc import Iterator

import pytest

from pipeline.warehouse import Warehouse
from tests.services import Engine, empty, work_out

MONTHS = 3
FILL = """
    INSERT INTO events (home, message, identity, kind, source, message_id, recipient, status)
    SELECT
        fromUnixTimestamp64Milli(1766016000000 + ({month:Int64} * 31 * 1440 + toInt64(number)) * 60000, 'UTC') AS home,
        xxh3(number, {month:Int64}), bitShiftLeft(toUInt128(number), 64), 'report', 's',
        concat('id ', toString({month:Int64}), ' ', toString(number)), concat('+55', toString(number)), 'sent'
    FROM numbers(40000)
"""


@pytest.fixture(scope="module")
def filled(engine: Engine) -> Iterator[Warehouse]:
    """Three months of a message a minute."""
    writer = engine.writer()
    empty(writer)
    for month in range(MONTHS):
        writer.command(FILL, {"month": month})
    work_out(writer)
    for table in ("messages", "hourly", "daily"):
        writer.command(f"OPTIMIZE TABLE {table} FINAL")
    writer.command("OPTIMIZE TABLE events FINAL")
    yield writer
    writer.close()


def plan(warehouse: Warehouse, question: str) -> str:
    return "\n".join(line for (line,) in warehouse.query(f"EXPLAIN indexes = 1 {question}"))


def granules(text: str) -> tuple[int, int]:
    """How many granules are read, of how many."""
    read = re.findall(r"Parts: \d+ \| Granules: (\d+)", text)
    of = re.findall(r"Granules: \d+/(\d+)", text)
    return int(read[0]), int(of[0])


@pytest.mark.parametrize("view", ["messages", "events"])
def test_a_period_reads_its_partitions_and_hours(filled: Warehouse, view: str) -> None:
    question = (
        f"SELECT source, count() FROM delivrd.{view} WHERE home >= '2025-12-20' AND home < '2025-12-21' GROUP BY 1"
    )
    assert filled.query(question) == [("s", 24 * 60)]
    text = plan(filled, question)
    read, of = granules(text)
    assert of >= 12
    assert read <= 2
    assert "toStartOfHour(home)" in text
    assert "toYYYYMM(home)" in text


@pytest.mark.parametrize(("view", "time"), [("deliveries", "hour"), ("deliveries_daily", "day")])
def test_figures_of_a_day_read_its_month_alone_for_them_and_for_which_are_the_newest(
    filled: Warehouse, view: str, time: str
) -> None:
    question = f"SELECT sum(messages) FROM delivrd.{view} WHERE {time} >= '2025-12-20' AND {time} < '2025-12-21'"
    assert filled.query(question) == [(24 * 60,)]
    assert re.findall(r"Parts: (\d+) \|", plan(filled, question)) == ["1", "1"]


def test_columns_that_are_not_asked_for_are_not_read(filled: Warehouse) -> None:
    text = plan(filled, "SELECT source, count() FROM delivrd.messages WHERE home >= '2025-12-20' GROUP BY 1")
    columns = re.findall(r"Output: (.*)", text)[-1]
    assert "source" in columns
    for column in ("facts", "details", "to_number", "message_id"):
        assert column not in columns


@pytest.mark.parametrize("view", ["messages", "events"])
def test_a_message_is_found_by_its_id(filled: Warehouse, view: str) -> None:
    question = f"SELECT message_id FROM delivrd.{view} WHERE message_id = 'id 1 777'"
    assert filled.query(question) == [("id 1 777",)]
    read, of = granules(plan(filled, question))
    # A hit, perhaps one that the filter only thinks it is, with their neighbours.
    assert read <= 6 < of


def test_messages_are_found_by_their_recipient(filled: Warehouse) -> None:
    question = "SELECT message_id FROM delivrd.messages WHERE recipient = '+55777' ORDER BY message_id"
    assert filled.query(question) == [("id 0 777",), ("id 1 777",), ("id 2 777",)]
    read, of = granules(plan(filled, question))
    assert read <= of // 2
