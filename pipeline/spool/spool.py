"""Appending where Kafka may be away: to Kafka, else to the spool, within a bounded time."""

import asyncio
from collections.abc import Sequence

import msgspec
import structlog

from pipeline import metrics
from pipeline.clock import Clock
from pipeline.kafka_log.appender import KafkaAppender
from pipeline.kafka_log.errors import RecordRefused
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.log import LogFull, LogUnavailable, LogUnusable
from pipeline.spool.drain import Drain
from pipeline.spool.place import SpoolPlace, spool_stats
from pipeline.sqlite_log import GroupCommit, SqliteWriter
from pipeline.sqlite_log.writer import free_bytes
from schemas.record import Record

log = structlog.get_logger(__name__)

MEASURE_SECONDS = 5.0
DRAIN_SECONDS = 10.0
"""How long the drain waits for an acknowledgement. With a request's time a Kafka that is merely slow would never get
anything of the spool, or the same again and again."""


class Spool:
    """The appending side for one event loop, in which it is made. The drain runs beside it.

    The first append that Kafka does not acknowledge in its time goes to the spool, and so do all others, at once,
    until the drain has found Kafka answering.
    """

    def __init__(self, settings: KafkaSettings, files: GroupCommit, place: SpoolPlace, clock: Clock) -> None:
        self.files = files
        self._kafka = KafkaAppender(settings, clock)
        self._place = place
        self._clock = clock
        patient = msgspec.structs.replace(settings, append_timeout=DRAIN_SECONDS)
        self._drain = Drain(KafkaAppender(patient, clock), files, place, clock)
        loop = asyncio.get_running_loop()
        self._tasks = (loop.create_task(self._drain.run()), loop.create_task(self._measure()))

    @property
    def away(self) -> bool:
        """Whether records go to the spool at present."""
        return self._drain.away

    @property
    def depth(self) -> int:
        """How many appends are under way."""
        return self._kafka.depth + self.files.depth

    async def append(self, records: Sequence[Record]) -> None:
        """Returns when Kafka, or else this machine's disk, has all records.

        Raises LogFull or LogUnavailable where neither takes them (some may be in Kafka then, or come to be).
        """
        if not records:
            return
        if not self._drain.away:
            try:
                await self._kafka.append(records)
            except RecordRefused:
                # The drain, which tries them one by one, finds out which it is.
                pass
            except LogUnavailable as error:
                if not self._drain.away:
                    log.warning("spooling", reason=str(error))
                self._drain.away = True
            else:
                return
        try:
            await self.files.append(records)
        finally:
            # Also where the spool did not take them: with nothing in it, it is the next request that tries Kafka.
            self._drain.wake()
        metrics.spooled.inc(len(records))

    async def close(self) -> None:
        """Finish what was begun and let go of files and connections. What the spool holds stays for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(self._kafka.close(), self._drain.close())
        await self.files.close()

    async def _measure(self) -> None:
        while True:
            try:
                stats = await asyncio.to_thread(spool_stats, self._place)
            except (LogFull, LogUnavailable, LogUnusable, OSError) as error:
                log.error("spool_not_measured", reason=str(error))
            else:
                age = 0.0 if stats.oldest is None else max(0, self._clock() - stats.oldest) / 1000
                metrics.spool_records.set(stats.records)
                metrics.spool_oldest_seconds.set(age)
                metrics.spool_share.set(stats.share)
                metrics.disk_free.set(free_bytes(self._place.folder))
            await asyncio.sleep(MEASURE_SECONDS)


def open_appender(kafka: KafkaSettings, place: SpoolPlace, clock: Clock) -> Spool:
    """The appender for the running event loop; `kafka.append_timeout` is how long (seconds) Kafka is waited for.

    Needs no broker. Raises LogUnavailable or LogUnusable where the spool's files cannot be opened.
    """
    writer = SqliteWriter(place.log, reserve_bytes=place.reserve_bytes, max_bytes=place.max_bytes)
    return Spool(kafka, GroupCommit(writer), place, clock)
