"""A spool, what it gives to Kafka, and what came to Kafka in the end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from pipeline.clock import now_ms
from pipeline.kafka_log.appender import KafkaAppender
from pipeline.kafka_log.looking import records_of
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.spool.place import SpoolPlace, spool_stats
from pipeline.spool.spool import Spool, open_appender
from schemas.record import Record

SECONDS = 60.0


@asynccontextmanager
async def opened(settings: KafkaSettings, place: SpoolPlace) -> AsyncIterator[Spool]:
    """A spool, closed at the end."""
    spool = open_appender(settings, place, now_ms)
    try:
        yield spool
    finally:
        await spool.close()


def watch(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the records that are given to Kafka from now on, by requests or the drain."""
    given: list[str] = []
    append = KafkaAppender.append

    async def watched(self: KafkaAppender, records: Sequence[Record]) -> None:
        given.extend(one.id for one in records)
        await append(self, records)

    monkeypatch.setattr(KafkaAppender, "append", watched)
    return given


async def eventually(condition: Callable[[], object], what: str) -> None:
    """Returns when `condition` holds; it is asked in a thread, and may take its time."""
    async with asyncio.timeout(SECONDS):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.02)
    assert what


def empty(place: SpoolPlace) -> bool:
    """Whether nothing waits."""
    return spool_stats(place).records == 0


def in_kafka(settings: KafkaSettings) -> dict[int, list[Record]]:
    """All records of the log, by partition, in order."""
    return {
        partition: [entry.record for entry in records_of(settings, partition)]
        for partition in range(settings.partitions)
    }


def ids(settings: KafkaSettings) -> list[str]:
    """The ids of all records in the log, repeats included."""
    return sorted(one.id for records in in_kafka(settings).values() for one in records)
