"""What stands before damage is handed out; the damage is told, never passed over."""

import pytest
from kafka.consumer.fetcher import Fetcher
from kafka.errors import CorruptRecordError
from kafka.record import MemoryRecords
from kafka.record.memory_records import MemoryRecordsBuilder
from kafka.structs import TopicPartition

from pipeline.kafka_log.batches import build, encode
from pipeline.kafka_log.fetching import _Entries
from tests.log.records import record

PLACE = TopicPartition("t", 0)


def batch(base: int, count: int) -> bytes:
    made = build([encode(record(base + index)).rest for index in range(count)], 7)
    return base.to_bytes(8, "big") + made[8:]


def fetched(data: bytes, offset: int) -> Fetcher.PartitionRecords:
    return _Entries(offset, PLACE, MemoryRecords(data), key_deserializer=None, value_deserializer=None)


def test_entries_come_in_parts_from_the_offset_that_was_asked_for() -> None:
    part = fetched(batch(0, 5) + batch(5, 5), 3)
    taken = [part.take(2), part.take(3), part.take(10)]
    assert [[entry.offset for entry in entries] for entries in taken] == [[3, 4], [5, 6, 7], [8, 9]]
    assert taken[0][0].record == record(3)
    assert not part
    assert part.next_fetch_offset == 10


@pytest.mark.parametrize("compression", [0, 1])
def test_compressed_batches_are_read_as_well(compression: int) -> None:
    builder = MemoryRecordsBuilder(2, compression, 2**20)
    for number in range(50):
        builder.append(7, b"key", b"body " * number, [("ce_id", b"%d" % number)])
    builder.close()
    entries = fetched(bytes(builder.buffer()), 0).take(100)
    assert [(entry.offset, entry.record.id, entry.record.body) for entry in entries] == [
        (number, str(number), b"body " * number) for number in range(50)
    ]


def test_damage_is_told_after_what_stands_before_it() -> None:
    damaged = bytearray(batch(0, 5) + batch(5, 5))
    damaged[-1] ^= 1
    part = fetched(bytes(damaged), 0)
    assert [entry.offset for entry in part.take(100)] == [0, 1, 2, 3, 4]
    assert part.next_fetch_offset == 5
    with pytest.raises(CorruptRecordError, match="offset 5"):
        part.take(100)
