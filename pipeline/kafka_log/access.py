"""The event log of a Kafka topic, as commands see it."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from pipeline.clock import now_ms
from pipeline.kafka_log.appender import KafkaAppender
from pipeline.kafka_log.looking import log_stats, records_of
from pipeline.kafka_log.reader import KafkaReader
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.kafka_log.topic import ensure_topic
from pipeline.log import Entry
from pipeline.log_stats import PartitionStats
from schemas.record import Record

APPEND_SECONDS = 30.0
"""A command can wait longer than a request: it has no spool behind it."""


class KafkaEventLog:
    """See EventLog. Looking at it makes the topic where there is none."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._appending = msgspec.structs.replace(settings, append_timeout=APPEND_SECONDS)
        self._runner: asyncio.Runner | None = None
        self._appender: KafkaAppender | None = None

    def stats(self) -> Sequence[PartitionStats]:
        """Each partition. Raises LogUnavailable, LogUnusable."""
        log_id = ensure_topic(self._settings).log_id
        return [
            PartitionStats(log_id, one.partition, one.first, one.end, one.committed, one.oldest_pending, None)
            for one in log_stats(self._settings)
        ]

    def records(
        self,
        partition: int,
        *,
        first: int | None = None,
        last: int | None = None,
        keys: Collection[str] | None = None,
        since_ms: int | None = None,
        until_ms: int | None = None,
    ) -> Iterator[Entry]:
        """As EventLog says. Raises LogUnavailable, LogUnusable."""
        count = self._settings.partitions
        if not 0 <= partition < count:
            raise ValueError(f"there is no partition {partition}; this log has {count}, numbered from 0")
        return records_of(
            self._settings, partition, keys=keys, first=first, last=last, since_ms=since_ms, until_ms=until_ms
        )

    def append(self, records: Sequence[Record]) -> None:
        """All replicas have them at return. Raises LogUnavailable (some may be kept then), RecordRefused."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        self._runner.run(self._append(records))

    def open_reader(self) -> KafkaReader:
        """Joins the group, which shares the partitions among its readers."""
        return KafkaReader(self._settings)

    def close(self) -> None:
        """Let go of the connections."""
        # Whoever closes may be within a loop of its own, beside which no other runs in the same thread.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(self._end).result()

    def _end(self) -> None:
        if self._runner is not None:
            if self._appender is not None:
                self._runner.run(self._appender.close())
            self._runner.close()
            self._runner = self._appender = None

    async def _append(self, records: Sequence[Record]) -> None:
        if self._appender is None:
            self._appender = KafkaAppender(self._appending, now_ms)
        await self._appender.append(records)
