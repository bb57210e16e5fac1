"""What commands need of any event log. A log's own test module makes a class of it that says how the log is made."""

import time
from collections.abc import Sequence
from typing import Protocol

import pytest

from pipeline.event_log import EventLog
from pipeline.log import Entry, LogReader
from pipeline.log_stats import PartitionStats
from schemas.record import Record
from tests.log.records import TIME, record

SECONDS = 60.0


class PlaceUnderTest(Protocol):
    """A place where there is no log yet."""

    @property
    def access(self) -> EventLog:
        """The log there, as commands see it."""
        ...

    def make(self) -> None:
        """Make the log, with nothing in it."""
        ...

    def expire(self, partition: int, offset: int) -> None:
        """Let retention take all before `offset`."""
        ...


def settled(reader: LogReader, partitions: int) -> LogReader:
    """The reader, once it has all partitions."""
    deadline = time.monotonic() + SECONDS
    while len(reader.partitions()) < partitions:
        assert time.monotonic() < deadline, "the reader gets its partitions"
        time.sleep(0.01)
    return reader


def everything(log: EventLog, **chosen: object) -> dict[int, list[Entry]]:
    """What `records` gives, by partition."""
    found = {one.partition: list(log.records(one.partition, **chosen)) for one in log.stats()}  # type: ignore[arg-type]
    return {partition: entries for partition, entries in found.items() if entries}


def numbers(found: dict[int, list[Entry]]) -> list[int]:
    """The numbers of the records found."""
    return sorted(int(entry.record.id.removeprefix("request-")) for entries in found.values() for entry in entries)


def some(count: int) -> list[Record]:
    """Records of as many messages, a second apart."""
    return [record(number, time=TIME + number * 1000) for number in range(count)]


class AccessConformance:
    """Each test gets the fixture `place`, a PlaceUnderTest."""

    def test_where_there_is_no_log_yet_nothing_is_found(self, place: PlaceUnderTest) -> None:
        assert [one for one in place.access.stats() if one.pending or one.end > one.first] == []
        assert everything(place.access) == {}

    def test_appending_makes_the_log(self, place: PlaceUnderTest) -> None:
        place.access.append(some(3))
        assert numbers(everything(place.access)) == [0, 1, 2]

    def test_an_empty_log_has_its_partitions(self, place: PlaceUnderTest) -> None:
        place.make()
        stats = place.access.stats()
        assert [one.partition for one in stats] == list(range(len(stats)))
        assert len({one.log_id for one in stats}) == 1
        for one in stats:
            assert (one.first, one.committed, one.pending, one.oldest_pending) == (one.end, one.end, 0, None)
            assert list(place.access.records(one.partition)) == []

    def test_what_is_appended_is_found_with_its_offsets(self, place: PlaceUnderTest) -> None:
        place.make()
        sent = some(50)
        place.access.append(sent)
        found = everything(place.access)
        assert sorted((e.record for es in found.values() for e in es), key=lambda one: one.time) == sent
        for one in place.access.stats():
            assert [entry.offset for entry in found.get(one.partition, [])] == list(range(one.first, one.end))

    def test_appending_nothing_is_nothing(self, place: PlaceUnderTest) -> None:
        place.make()
        place.access.append([])
        assert everything(place.access) == {}

    def test_a_message_has_one_partition_whoever_appends(self, place: PlaceUnderTest) -> None:
        place.make()
        for moment in range(5):
            place.access.append([record(number, time=moment) for number in range(10)])
        places: dict[str | None, set[int]] = {}
        for partition, entries in everything(place.access).items():
            for entry in entries:
                places.setdefault(entry.record.key, set()).add(partition)
        assert [len(found) for found in places.values()] == [1] * 10

    def test_records_are_chosen_by_offset(self, place: PlaceUnderTest) -> None:
        place.make()
        place.access.append([record(number, key="one") for number in range(10)])
        (entries,) = everything(place.access).values()
        first = entries[0].offset
        (partition,) = everything(place.access)
        chosen = place.access.records(partition, first=first + 2, last=first + 5)
        assert [entry.offset - first for entry in chosen] == [2, 3, 4, 5]
        assert list(place.access.records(partition, first=first + 10)) == []
        assert list(place.access.records(partition, last=first - 1)) == []

    def test_records_are_chosen_by_key(self, place: PlaceUnderTest) -> None:
        place.make()
        place.access.append([*some(20), record(99, key=None)])
        keys = ["integrax-br/3", "integrax-br/17", "nobody's"]
        assert numbers(everything(place.access, keys=keys)) == [3, 17]
        assert everything(place.access, keys=[]) == {}

    def test_records_are_chosen_by_their_own_time(self, place: PlaceUnderTest) -> None:
        place.make()
        place.access.append(some(20))
        assert numbers(everything(place.access, since_ms=TIME + 5000, until_ms=TIME + 8000)) == [5, 6, 7]
        assert numbers(everything(place.access, since_ms=TIME + 19_000)) == [19]
        assert everything(place.access, since_ms=TIME + 86_400_000 * 365 * 50) == {}
        assert numbers(everything(place.access, since_ms=TIME + 2000, keys=["integrax-br/3", "integrax-br/1"])) == [3]

    def test_records_end_where_the_log_ended_when_the_first_was_asked_for(self, place: PlaceUnderTest) -> None:
        place.make()
        place.access.append([record(number, key="one") for number in range(3)])
        (partition,) = everything(place.access)
        entries = place.access.records(partition)
        first = next(entries).offset
        place.access.append([record(3, key="one")])
        assert [entry.offset - first for entry in entries] == [1, 2]

    def test_many_records_are_all_found(self, place: PlaceUnderTest) -> None:
        place.make()
        place.access.append(some(12_000))
        assert numbers(everything(place.access)) == list(range(12_000))

    def test_what_has_expired_is_not_found(self, place: PlaceUnderTest) -> None:
        place.make()
        place.access.append([record(number, key="one") for number in range(10)])
        ((partition, entries),) = everything(place.access).items()
        place.expire(partition, entries[6].offset)
        assert numbers(everything(place.access)) == [6, 7, 8, 9]
        stats = self._of(place.access, partition)
        assert stats[:4] == (stats.log_id, partition, entries[6].offset, entries[9].offset + 1)

    def test_what_was_consumed_is_not_pending(self, place: PlaceUnderTest) -> None:
        place.make()
        place.access.append([record(number, time=TIME + number, key="one") for number in range(10)])
        ((partition, entries),) = everything(place.access).items()
        before = self._of(place.access, partition)
        assert (before.committed, before.pending, before.oldest_pending) == (before.first, 10, TIME)
        reader = settled(place.access.open_reader(), len(place.access.stats()))
        try:
            assert reader.log_id == before.log_id
            reader.commit(partition, reader.committed(partition).offset + 4, "a note")
            after = self._of(place.access, partition)
            assert (after.committed, after.pending, after.oldest_pending) == (entries[4].offset, 6, TIME + 4)
            reader.commit(partition, entries[9].offset + 1, "")
            end = self._of(place.access, partition)
            assert (end.committed, end.pending, end.oldest_pending) == (end.end, 0, None)
        finally:
            reader.close()

    def test_looking_takes_nothing_from_the_reader(self, place: PlaceUnderTest) -> None:
        place.make()
        place.access.append([record(number, key="one") for number in range(10)])
        (partition,) = everything(place.access)
        reader = settled(place.access.open_reader(), len(place.access.stats()))
        try:
            start = reader.committed(partition).offset
            everything(place.access)
            reader.commit(partition, start + 1, "")
            place.access.stats()
            reader.commit(partition, start + 2, "")
            assert reader.committed(partition).offset == start + 2
        finally:
            reader.close()

    def test_a_partition_that_is_not_there_is_a_mistake(self, place: PlaceUnderTest) -> None:
        place.make()
        with pytest.raises(ValueError, match="no partition 99"):
            next(place.access.records(99), None)

    def test_it_can_be_used_again_after_closing(self, place: PlaceUnderTest) -> None:
        place.make()
        place.access.append(some(1))
        place.access.close()
        place.access.append([record(1)])
        assert numbers(everything(place.access)) == [0, 1]

    @staticmethod
    def _of(log: EventLog, partition: int) -> PartitionStats:
        stats: Sequence[PartitionStats] = log.stats()
        return next(one for one in stats if one.partition == partition)
