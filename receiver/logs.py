"""Where the receiver keeps records: in this machine's log, or in Kafka with the spool behind it."""

import asyncio
from functools import partial
from typing import Protocol

from pipeline.archive.progress import read_progress
from pipeline.clock import Clock
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.log import LogAppender, LogFull, LogUnavailable
from pipeline.settings import Settings
from pipeline.spool.place import spool_place
from pipeline.sqlite_log import GroupCommit, Keep, LogUnusable, SqliteWriter, keep_pruned

_DAY_MS = 86_400_000
_FOREVER_MS = 10**15
_LOOK_SECONDS = 2.0


class IntakeLog(Protocol):
    """The log of one event loop, in which it is opened."""

    @property
    def appender(self) -> LogAppender:
        """Its appending side."""
        ...

    async def ready(self) -> bool:
        """Whether a record would be kept now."""
        ...

    def take_over(self, settings: Settings) -> None:
        """What can change while it runs: how much is kept, and what is left of the disk."""
        ...

    async def close(self) -> None:
        """Finish what was begun."""
        ...


def open_log(settings: Settings, clock: Clock) -> IntakeLog:
    """The log that the settings name. Raises LogUnavailable or LogUnusable where its files cannot be opened."""
    kafka = settings.log.kafka
    return FileLog(settings, clock) if kafka is None else SpooledLog(kafka, settings, clock)


class FileLog:
    """The log in files of this machine; what the consumer has taken goes from it by and by."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._state = settings.folder.state
        self._clock = clock
        self._writer = SqliteWriter(settings.folder.log, reserve_bytes=settings.log.reserve_bytes)
        self.appender = GroupCommit(self._writer)
        self._pruning: asyncio.Task[None] | None = None

    async def ready(self) -> bool:
        """Whether the disk has room."""
        return await has_room(self.appender)

    def take_over(self, settings: Settings) -> None:
        """The reserve, and how much is kept."""
        self._writer.reserve_bytes = settings.log.reserve_bytes
        if self._pruning:
            self._pruning.cancel()
        keep = Keep(settings.log.keep_days * _DAY_MS or _FOREVER_MS, settings.log.max_bytes)
        pruning = keep_pruned(self.appender, self._state, keep, self._clock, partial(_archived, settings))
        self._pruning = asyncio.get_running_loop().create_task(pruning)

    async def close(self) -> None:
        """Write what waits."""
        if self._pruning:
            self._pruning.cancel()
            await asyncio.wait([self._pruning])
        await self.appender.close()


class SpooledLog:
    """A log on Kafka, and the spool that takes over where it does not acknowledge in time."""

    def __init__(self, kafka: KafkaSettings, settings: Settings, clock: Clock) -> None:
        # The client library is loaded only where there is a Kafka.
        from pipeline.spool.spool import open_appender

        place = spool_place(settings)
        place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.appender = open_appender(kafka, place, clock)

    async def ready(self) -> bool:
        """Whether Kafka takes records, or else the spool."""
        return not self.appender.away or await has_room(self.appender.files)

    def take_over(self, settings: Settings) -> None:
        """Nothing: all of it waits for the next start."""

    async def close(self) -> None:
        """Finish what was begun; what the spool holds stays for the next start."""
        await self.appender.close()


def _archived(settings: Settings, log_id: str) -> int | None:
    place = settings.archive_place
    return read_progress(settings.folder.archived, place.url).until.get(log_id, 0) if place else None


async def has_room(files: GroupCommit) -> bool:
    """Whether a record would be kept: the writer answers in time, and has room."""
    try:
        return await asyncio.wait_for(files.run(SqliteWriter.has_room), _LOOK_SECONDS)
    except (LogFull, LogUnavailable, LogUnusable, OSError, TimeoutError):
        return False
