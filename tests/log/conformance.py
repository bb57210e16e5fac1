"""What every event log must do. A log's own test module makes a class of it that says how the log is made."""

from collections.abc import Sequence
from typing import Protocol

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.log import Commit, Entry, LogReader, Revoked
from schemas.record import Record
from tests.log.records import record, records

PLENTY = 64 * 1024 * 1024
IN_A_CLASS = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]
"""Each log's class runs the same rule, on a log that its examples share."""


class LogUnderTest(Protocol):
    """A fresh, empty log."""

    def append(self, *requests: Sequence[Record]) -> None:
        """Append each request's records, all requests at the same time; returns when all are durable."""
        ...

    def reader(self) -> LogReader:
        """The consumer, as another process that takes over from the one before."""
        ...

    def expire(self, partition: int, offset: int) -> None:
        """Let retention take all before `offset`, which was consumed."""
        ...


def everything(reader: LogReader, partition: int) -> list[Entry]:
    """All that stands in the partition, fetched in parts."""
    entries: list[Entry] = []
    at = reader.first(partition)
    while part := reader.fetch(partition, at, max_records=100, max_bytes=PLENTY):
        entries += part
        at = part[-1].offset + 1
    return entries


def by_id(entries: Sequence[Entry]) -> list[Record]:
    return sorted((entry.record for entry in entries), key=lambda one: one.id)


class LogConformance:
    """Each test gets the fixture `log`, a LogUnderTest."""

    def test_an_empty_log_has_nothing_to_read(self, log: LogUnderTest) -> None:
        reader = log.reader()
        for partition in reader.partitions():
            assert reader.first(partition) == reader.end(partition)
            assert reader.committed(partition) == Commit(reader.end(partition), "")
            assert reader.fetch(partition, reader.first(partition), max_records=10, max_bytes=PLENTY) == []

    @settings(max_examples=25, deadline=None, suppress_health_check=IN_A_CLASS)
    @given(st.lists(records, min_size=1, max_size=5))
    def test_what_is_read_is_what_was_appended(self, log: LogUnderTest, given_records: list[Record]) -> None:
        reader = log.reader()
        before = {partition: reader.end(partition) for partition in reader.partitions()}
        log.append(given_records)
        found = [
            entry.record
            for partition, start in before.items()
            for entry in reader.fetch(partition, start, max_records=100, max_bytes=PLENTY)
        ]
        assert sorted(map(msgspec.json.encode, found)) == sorted(map(msgspec.json.encode, given_records))

    def test_offsets_rise_by_one(self, log: LogUnderTest) -> None:
        log.append([record(number) for number in range(200)], [record(number) for number in range(200, 300)])
        reader = log.reader()
        for partition in reader.partitions():
            offsets = [entry.offset for entry in everything(reader, partition)]
            assert offsets == list(range(reader.first(partition), reader.end(partition)))

    def test_the_records_of_a_message_stay_in_order_in_one_partition(self, log: LogUnderTest) -> None:
        for time in range(20):
            log.append([record(number, time=time) for number in range(10)])
        reader = log.reader()
        seen: dict[str | None, list[tuple[int, int]]] = {}
        for partition in reader.partitions():
            for entry in everything(reader, partition):
                seen.setdefault(entry.record.key, []).append((partition, entry.record.time))
        assert len(seen) == 10
        for places in seen.values():
            assert {partition for partition, _ in places} == {places[0][0]}
            assert [time for _, time in places] == list(range(20))

    def test_many_requests_at_once_are_all_kept(self, log: LogUnderTest) -> None:
        sent = [[record(number * 10 + index) for index in range(number % 4)] for number in range(500)]
        log.append(*sent)
        reader = log.reader()
        found = [entry for partition in reader.partitions() for entry in everything(reader, partition)]
        assert by_id(found) == sorted((one for request in sent for one in request), key=lambda one: one.id)

    def test_a_request_of_ten_thousand_reports_is_kept(self, log: LogUnderTest) -> None:
        log.append([record(number) for number in range(10_000)])
        reader = log.reader()
        assert sum(reader.end(partition) - reader.first(partition) for partition in reader.partitions()) == 10_000

    def test_fetching_ends_at_either_limit_and_at_last(self, log: LogUnderTest) -> None:
        log.append([record(number, body=bytes(1000), key="one") for number in range(10)])
        reader = log.reader()
        partition = next(one for one in reader.partitions() if reader.end(one) > reader.first(one))
        first = reader.first(partition)

        def offsets(start: int, **limits: int) -> list[int]:
            arguments = {"max_records": 100, "max_bytes": PLENTY, **limits}
            return [entry.offset - first for entry in reader.fetch(partition, start, **arguments)]

        assert offsets(first, max_records=3) == [0, 1, 2]
        assert offsets(first + 8, max_records=3) == [8, 9]
        assert offsets(first, last=first + 1) == [0, 1]
        assert offsets(first + 10) == []
        assert offsets(first, max_bytes=1) == [0], "at least one record, whatever its size"
        assert 1 < len(offsets(first, max_bytes=5000)) < 6

    def test_a_record_of_one_megabyte_is_kept(self, log: LogUnderTest) -> None:
        body = bytes(range(256)) * 4096
        log.append([record(1, body=body)])
        reader = log.reader()
        assert [e.record.body for partition in reader.partitions() for e in everything(reader, partition)] == [body]

    def test_what_was_committed_is_there_for_the_next_reader(self, log: LogUnderTest) -> None:
        log.append([record(number) for number in range(100)])
        reader = log.reader()
        kept = {}
        for partition in reader.partitions():
            kept[partition] = Commit(reader.end(partition), f"chunk {partition} — " + "é" * 400)
            reader.commit(partition, *kept[partition])
            assert reader.committed(partition) == kept[partition]
        again = log.reader()
        assert again.log_id == reader.log_id
        assert {partition: again.committed(partition) for partition in again.partitions()} == kept

    def test_an_intent_can_be_kept_before_the_offset_moves(self, log: LogUnderTest) -> None:
        log.append([record(1)])
        reader = log.reader()
        partition = reader.partitions()[0]
        start = reader.committed(partition).offset
        reader.commit(partition, start, "the intent")
        assert log.reader().committed(partition) == Commit(start, "the intent")

    def test_a_commit_never_goes_backwards(self, log: LogUnderTest) -> None:
        log.append([record(number, key="one") for number in range(10)])
        reader = log.reader()
        partition = next(one for one in reader.partitions() if reader.end(one) > reader.first(one))
        reader.commit(partition, reader.end(partition), "")
        with pytest.raises(ValueError, match="before"):
            reader.commit(partition, reader.first(partition), "")
        again = log.reader()
        again.committed(partition)
        with pytest.raises(ValueError, match="before"):
            again.commit(partition, again.first(partition), "")

    def test_a_note_has_at_most_one_kibibyte(self, log: LogUnderTest) -> None:
        reader = log.reader()
        partition = reader.partitions()[0]
        start = reader.committed(partition).offset
        reader.commit(partition, start, "x" * 1024)
        with pytest.raises(ValueError, match="bytes"):
            reader.commit(partition, start, "é" * 513)
        assert reader.committed(partition).note == "x" * 1024

    def test_a_reader_that_was_replaced_cannot_commit(self, log: LogUnderTest) -> None:
        log.append([record(number) for number in range(100)])
        old = log.reader()
        ends = {partition: old.end(partition) for partition in old.partitions()}
        new = log.reader()
        for partition in new.partitions():
            new.commit(partition, ends[partition], "the new one's")
            with pytest.raises(Revoked):
                old.commit(partition, ends[partition], "the old one's")
            assert new.committed(partition).note == "the new one's"

    def test_offsets_never_restart(self, log: LogUnderTest) -> None:
        log.append([record(number) for number in range(100)])
        reader = log.reader()
        ends = {partition: reader.end(partition) for partition in reader.partitions()}
        for partition, end in ends.items():
            reader.commit(partition, end, "")
            log.expire(partition, end)
            assert (reader.first(partition), reader.end(partition)) == (end, end)
            assert everything(reader, partition) == []
        log.append([record(number) for number in range(100)])
        again = log.reader()
        for partition, end in ends.items():
            assert again.committed(partition).offset == end
            assert [entry.offset for entry in everything(again, partition)] == list(range(end, again.end(partition)))

    def test_reading_from_what_has_expired_goes_on_with_what_is_kept(self, log: LogUnderTest) -> None:
        log.append([record(number, key="one") for number in range(100)])
        reader = log.reader()
        partition = next(one for one in reader.partitions() if reader.end(one) > reader.first(one))
        start = reader.first(partition)
        reader.commit(partition, start + 60, "")
        log.expire(partition, start + 50)
        assert reader.first(partition) == start + 50
        found = reader.fetch(partition, start, max_records=3, max_bytes=PLENTY)
        assert [entry.offset for entry in found] == [start + 50, start + 51, start + 52]
