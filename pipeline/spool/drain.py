"""From the spool into Kafka, in order of arrival, as soon as Kafka takes it."""

import asyncio
from collections.abc import Sequence
from enum import Enum, auto
from functools import partial

import structlog

from pipeline import metrics
from pipeline.clock import Clock
from pipeline.kafka_log.appender import KafkaAppender
from pipeline.log import Entry, LogFull, LogUnavailable, LogUnusable, Revoked
from pipeline.spool.place import SpoolPlace
from pipeline.spool.refused import Refused, set_aside
from pipeline.sqlite_log import GroupCommit, SqliteReader, SqliteWriter
from pipeline.sqlite_log.thread import WorkThread
from schemas.record import Record

log = structlog.get_logger(__name__)

WINDOW_RECORDS = 256
WINDOW_BYTES = 512 * 1024
"""What goes to Kafka at once: small, since requests wait for the event loop meanwhile."""
PAUSE_SECONDS = 0.2
"""Between two attempts while Kafka is away."""
TROUBLE_SECONDS = 1.0
_PARTITION = 0
_ANY_TIME = 2**62
_TROUBLE = (LogFull, LogUnavailable, LogUnusable, Revoked, OSError)


class _Fate(Enum):
    """What became of a record: in Kafka or set aside, not taken, or neither taken nor to be kept."""

    DONE = auto()
    AWAY = auto()
    STUCK = auto()


class Drain:
    """Empties the spool of one event loop; `run` does it, whenever `wake` has said that there is something.

    `away` is whether Kafka is known not to take records in time. The drain finds out when it does again, and requests
    need not wait for that one by one. `kafka` is the drain's own, and may be more patient than theirs.
    """

    def __init__(self, kafka: KafkaAppender, files: GroupCommit, place: SpoolPlace, clock: Clock) -> None:
        self.away = False
        self._kafka = kafka
        self._files = files
        self._place = place
        self._clock = clock
        self._thread = WorkThread("spool-reader")
        self._reader: SqliteReader | None = None
        self._something = asyncio.Event()
        # What an earlier process has left.
        self._something.set()

    def wake(self) -> None:
        """There is something in the spool."""
        self._something.set()

    async def run(self) -> None:
        """Empty the spool, again and again, until cancelled."""
        while True:
            await self._something.wait()
            self._something.clear()
            try:
                await self._empty()
            except Exception as error:
                if isinstance(error, _TROUBLE):
                    log.error("spool_not_drained", reason=str(error))
                else:
                    log.exception("spool_not_drained")
                await self._begin_anew()
            # Nothing is left, or can be read, to try Kafka with: the next request has to.
            self.away = False

    async def close(self) -> None:
        """Let go of files and connections, once `run` has ended."""
        await self._kafka.close()
        await self._thread.call(self._close)
        self._thread.stop()

    async def _begin_anew(self) -> None:
        await self._thread.call(self._close)
        await asyncio.sleep(TROUBLE_SECONDS)
        self._something.set()

    async def _empty(self) -> None:
        count, upto = 0, 0
        while entries := await self._thread.call(self._read):
            await self._put(entries)
            count += len(entries)
            upto = entries[-1].offset + 1
            await self._thread.call(partial(self._commit, upto))
            await self._files.run(partial(_shorten, upto=upto))
        if count:
            log.info("spool_drained", records=count)
            while await self._files.run(partial(_shorten, upto=upto)):
                pass

    async def _put(self, entries: Sequence[Entry]) -> None:
        """Returns when each record is in Kafka or set aside."""
        waiting = [entry.record for entry in entries]
        trying = waiting[:1] if self.away else waiting
        while waiting:
            fates = await asyncio.gather(*map(self._give, trying))
            left = [record for record, fate in zip(trying, fates, strict=True) if fate is not _Fate.DONE]
            waiting = left + waiting[len(trying) :]
            self.away = _Fate.AWAY in fates
            # After a failure one record alone finds the way: what is not answered may come twice.
            trying = waiting[:1] if left else waiting
            if left:
                await asyncio.sleep(PAUSE_SECONDS if self.away else TROUBLE_SECONDS)

    async def _give(self, record: Record) -> _Fate:
        try:
            await self._kafka.append([record])
        except LogUnavailable:
            return _Fate.AWAY
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one record, it must not keep the others
            return await self._set_aside(Refused(str(error) or type(error).__name__, self._clock(), record))
        return _Fate.DONE

    async def _set_aside(self, refused: Refused) -> _Fate:
        try:
            await self._thread.call(partial(set_aside, self._place.refused, refused, self._place.reserve_bytes))
        except (LogFull, OSError) as error:
            log.error("record_not_set_aside", reason=str(error))
            return _Fate.STUCK
        metrics.spool_refused.inc()
        log.error("record_refused", id=refused.record.id, source=refused.record.source, reason=refused.reason)
        return _Fate.DONE

    def _read(self) -> list[Entry]:
        if self._reader is None:
            self._reader = SqliteReader(self._place.log, self._place.state)
        start = self._reader.committed(_PARTITION).offset
        return self._reader.fetch(_PARTITION, start, max_records=WINDOW_RECORDS, max_bytes=WINDOW_BYTES)

    def _commit(self, offset: int) -> None:
        assert self._reader
        self._reader.commit(_PARTITION, offset, "")

    def _close(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()


def _shorten(writer: SqliteWriter, upto: int) -> bool:
    """One step; True if there is more to do."""
    return bool(writer.prune(upto, _ANY_TIME, None)) or writer.give_back(0)
