"""The same deaths of a consumer of the log on Kafka: what it left is taken up by the next one in the group."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline.kafka_log.looking import records_of
from pipeline.kafka_log.reader import KafkaReader
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.log import Entry, LogReader
from pipeline.sqlite_log import SqliteWriter
from pipeline.warehouse import Warehouse
from schemas.record import Record
from tests.consumers.test_crashes import EXPECTED, Dying, Killed, Place, check, fill
from tests.kafka.conftest import MakeSettings, make_settings
from tests.kafka.harness import SettledReader, append, await_true
from tests.shards import Served

__all__ = ["make_settings"]

# The shards have had their deaths in the other file.
pytestmark = pytest.mark.parametrize("served", ["engine"], indirect=True)


class KafkaPlace(Place):
    """A topic with a source of its own."""

    def __init__(self, settings: KafkaSettings, log: SqliteWriter, tmp_path: Path) -> None:
        super().__init__(log, tmp_path)
        self.settings = settings

    def append(self, record: Record) -> None:
        append(self.settings, [[record]])

    def open_reader(self) -> LogReader:
        return _joined(SettledReader(self.settings))

    def entries(self) -> Iterable[Entry]:
        return records_of(self.settings, 0)


def _joined(reader: KafkaReader) -> KafkaReader:
    await_true(reader.partitions, "the partition is ours")
    return reader


@pytest.fixture
def place(make_settings: MakeSettings, log: SqliteWriter, tmp_path: Path) -> KafkaPlace:
    return KafkaPlace(make_settings(partitions=1), log, tmp_path)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", range(1, 7))
def test_killed_at_each_call_to_the_warehouse(
    place: KafkaPlace, served: Served, store: Warehouse, call: int, after: bool
) -> None:
    """The intent is committed before the first of them: see tests/consumers/test_crashes.py for the calls."""
    fill(place)
    with pytest.raises(Killed):
        place.consume(Dying(served, call, after=after))
    place.consume(store)
    check(place, store)


@pytest.mark.parametrize("intent", [True, False], ids=["the intent", "how far it came"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_a_commit(place: KafkaPlace, served: Served, store: Warehouse, intent: bool, after: bool) -> None:
    class Forgetful(SettledReader):
        def commit(self, partition: int, offset: int, note: str) -> None:
            dies = bool(note) is intent
            if after or not dies:
                super().commit(partition, offset, note)
            if dies:
                raise Killed

    fill(place)
    with pytest.raises(Killed):
        place.consume(store, _joined(Forgetful(place.settings)))
    place.report("e", "DELIVRD")
    place.consume(store)
    assert place.states(store)["e"] == "delivered"
    assert place.chunk_sums(store) == {**EXPECTED, "records": 10, "stored": 6}
    assert place.audited(store)["received"] == 10
