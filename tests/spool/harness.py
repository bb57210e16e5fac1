"""A spool whose Kafka side can be watched, and what came to Kafka in the end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from pipeline.clock import now_ms
from pipeline.kafka_log.appender import KafkaAppender
from pipeline.kafka_log.looking import records_of
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.spool import Spool, SpoolPlace, open_appender, spool_stats
from schemas.record import Record

SECONDS = 60.0


class Watched:
    """A way into the spool's own Kafka appender that remembers what went through it."""

    def __init__(self, appender: KafkaAppender) -> None:
        self._append = appender.append
        self.given: list[str] = []
        appender.append = self.append  # type: ignore[method-assign]

    async def append(self, records: Sequence[Record]) -> None:
        self.given += [one.id for one in records]
        await self._append(records)


@asynccontextmanager
async def opened(settings: KafkaSettings, place: SpoolPlace) -> AsyncIterator[Spool]:
    """A spool, closed at the end."""
    spool = open_appender(settings, place, now_ms)
    try:
        yield spool
    finally:
        await spool.close()


def watch(spool: Spool) -> Watched:
    """Remember from now on what is given to Kafka."""
    return Watched(spool._kafka)


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
