"""A shard that is away, or goes in the middle of an insert: nothing is lost, and nothing is there twice."""

import random
from collections.abc import Iterator

import pytest

from pipeline.servers import LOCAL
from pipeline.warehouse import Retry, Warehouse
from pipeline.warehouse.migrations import migrate
from tests.shards import Shards, new_shards
from tests.warehouse.test_inserting import FILLED, block, rows, soon


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shards]:
    """Two shards whose engines may be killed."""
    made = new_shards(tmp_path_factory.mktemp("pair"))
    writer = made.writer()
    migrate(writer)
    writer.close()
    yield made
    made.kill()


@pytest.fixture
def writer(pair: Shards) -> Iterator[Warehouse]:
    opened = pair.writer()
    yield opened
    opened.close()


def held(pair: Shards, shard: int) -> list[str]:
    """The ids whose messages are on one shard."""
    engine = pair.engines[shard].writer()
    found = engine.query(f"SELECT message_id FROM {LOCAL}.events ORDER BY message_id LIMIT 3")
    engine.close()
    return [message for (message,) in found]


def test_an_insert_while_a_shard_is_away_is_whole_after_the_same_again(pair: Shards, writer: Warehouse) -> None:
    before = rows(writer)["events"]
    columns = block(1_000, "x")
    pair.engines[1].kill()
    with pytest.raises(Retry):
        writer.insert("events", columns, "away")
    with pytest.raises(Retry):
        writer.insert("events", columns, "away")
    pair.engines[1].start()
    for _ in range(2):
        writer.insert("events", columns, "away")
    assert rows(writer) == dict.fromkeys(FILLED, before + 1_000)


def test_what_is_asked_of_one_message_needs_its_shard_alone(pair: Shards, writer: Warehouse) -> None:
    writer.insert("events", block(1_000, "x", first=5_000), "asked")
    here, there = held(pair, 0), held(pair, 1)
    pair.engines[1].kill()
    try:
        for view in ("messages", "events"):
            question = f"SELECT message_id FROM delivrd.{view} WHERE message_id = {{id:String}} LIMIT 1"
            assert [writer.query(question, {"id": name}) for name in here] == [[(name,)] for name in here]
            with pytest.raises(Retry):
                writer.query(question, {"id": there[0]})
        with pytest.raises(Retry):
            writer.query("SELECT count() FROM delivrd.messages")
    finally:
        pair.engines[1].start()


@pytest.mark.parametrize("victim", [0, 1], ids=["the one that was asked", "the other"])
def test_a_shard_killed_at_any_moment_of_an_insert_is_repaired_by_the_same_again(
    pair: Shards, writer: Warehouse, victim: int
) -> None:
    chance = random.Random(victim)
    before = rows(writer)["events"]
    for number in range(6):
        columns = block(2_000, "x", first=100_000 * (1 + victim) + 2_000 * number)
        crash = soon(pair.engines[victim].kill, chance.uniform(0.0, 0.08))
        try:
            writer.insert("events", columns, f"{victim} {number}")
        except Retry:
            pass
        finally:
            crash.join()
        pair.engines[victim].start()
        writer.insert("events", columns, f"{victim} {number}")
    assert rows(writer) == dict.fromkeys(FILLED, before + 12_000)
