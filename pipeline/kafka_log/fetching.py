"""The client library's consumer, made to hand out this log's entries instead of its own records."""

from collections.abc import Iterator
from typing import Any

from kafka.consumer.fetcher import Fetcher
from kafka.errors import CorruptRecordError

from pipeline.kafka_log.decoding import read
from pipeline.log import Entry


def hand_out_entries(consumer: Any) -> None:
    """Have a KafkaConsumer's `poll` return entries."""
    consumer._fetcher.PartitionRecords = _Entries  # noqa: SLF001


class _Entries(Fetcher.PartitionRecords):  # type: ignore[misc]
    """What was fetched of one partition. Only the decoding is replaced; positions are kept as the library wants it."""

    def _unpack_records(self, _partition: object, records: Any, *_deserializers: object) -> Iterator[Entry]:
        batch = records.next_batch()
        while batch is not None:
            if self.check_crcs and not batch.validate_crc():
                raise CorruptRecordError(f"the batch at offset {batch.base_offset} does not match its checksum")
            self.leader_epoch = batch.leader_epoch
            if not batch.is_control_batch:
                for entry in _entries(batch):
                    self.next_fetch_offset = entry.offset + 1
                    self.records_read += 1
                    yield entry
            self.bytes_read += batch.size_in_bytes
            self.next_fetch_offset = batch.next_offset
            batch = records.next_batch()
        self.drain()


def _entries(batch: Any) -> Iterator[Entry]:
    batch._maybe_uncompress()  # noqa: SLF001
    data = bytes(memoryview(batch._buffer)[batch._pos :])  # noqa: SLF001
    timestamp = batch.max_timestamp if batch.timestamp_type else None
    try:
        yield from read(data, batch.base_offset, batch.records_count, timestamp, batch.first_timestamp)
    except (IndexError, ValueError) as error:
        raise CorruptRecordError(f"the batch at offset {batch.base_offset} cannot be read: {error}") from error
