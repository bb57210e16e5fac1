"""The client library's consumer, made to hand out this log's entries instead of its own records."""

from typing import Any

from kafka.consumer.fetcher import Fetcher
from kafka.errors import CorruptRecordError

from pipeline.kafka_log.decoding import read
from pipeline.log import Entry


def hand_out_entries(consumer: Any) -> None:
    """Have a KafkaConsumer's `poll` return entries."""
    consumer._fetcher.PartitionRecords = _Entries  # noqa: SLF001


def take_up_parked(consumer: Any) -> None:
    """Have the next `poll` go on with what was fetched of partitions that were paused and are so no more.

    The library does it only where its place for the answer in hand is None; one that was read to its end stays
    there, and the partitions that wait behind it are neither handed out nor fetched again.
    """
    fetcher = consumer._fetcher  # noqa: SLF001
    if not fetcher._next_partition_records:  # noqa: SLF001
        fetcher._next_partition_records = None  # noqa: SLF001


class _Entries(Fetcher.PartitionRecords):  # type: ignore[misc]
    """What was fetched of one partition. Only the decoding is replaced; positions are kept as the library wants it."""

    def __init__(self, fetch_offset: int, partition: object, records: Any, **options: Any) -> None:
        super().__init__(fetch_offset, partition, records, **options)
        self._batches = records
        self._ready: list[Entry] = []
        self._after = fetch_offset

    def take(self, n: int) -> list[Entry]:
        """The next entries, at most `n`. What comes before damage is handed out, and the damage told the next time."""
        self._maybe_raise_next_inline_exception()
        taken: list[Entry] = []
        while len(taken) < n:
            if not self._ready:
                batch = self._batches.next_batch()
                if batch is None:
                    self.drain()
                    break
                try:
                    self._ready = self._entries_of(batch)
                except CorruptRecordError as error:
                    if not taken:
                        raise
                    self._next_inline_exception = error
                    break
            room = n - len(taken)
            taken += self._ready[:room]
            self._ready = self._ready[room:]
            self.next_fetch_offset = self._ready[0].offset if self._ready else self._after
        self.records_read += len(taken)
        return taken

    def _entries_of(self, batch: Any) -> list[Entry]:
        if self.check_crcs and not batch.validate_crc():
            raise CorruptRecordError(f"the batch at offset {batch.base_offset} does not match its checksum")
        self.leader_epoch = batch.leader_epoch
        self.bytes_read += batch.size_in_bytes
        self._after = batch.next_offset
        if batch.is_control_batch:
            return []
        batch._maybe_uncompress()  # noqa: SLF001
        data = bytes(memoryview(batch._buffer)[batch._pos :])  # noqa: SLF001
        timestamp = batch.max_timestamp if batch.timestamp_type else None
        try:
            entries = read(data, batch.base_offset, batch.records_count, timestamp, batch.first_timestamp)
        except (IndexError, ValueError) as error:
            raise CorruptRecordError(f"the batch at offset {batch.base_offset} cannot be read: {error}") from error
        if batch.base_offset < self.fetch_offset:
            return [entry for entry in entries if entry.offset >= self.fetch_offset]
        return entries
