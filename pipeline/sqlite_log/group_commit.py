"""Many appenders, one writer: what arrives while the disk is busy shares the next sync."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from pipeline.log import LogFull, LogUnavailable, LogUnusable
from pipeline.sqlite_log.thread import WorkThread
from pipeline.sqlite_log.writer import SqliteWriter, size_of
from schemas.record import Record

BATCH_BYTES = 4 * 1024 * 1024
QUEUE_BYTES = 64 * 1024 * 1024

T = TypeVar("T")


class _Waiting(NamedTuple):
    records: Sequence[Record]
    size: int
    done: asyncio.Future[None]


class GroupCommit:
    """The appending side for one event loop; the writer works in a thread of its own, one batch at a time.

    All of its state belongs to the loop, so nothing is locked, and a batch costs one wake-up. A batch holds
    up to `batch_bytes` (or one append that is larger); with more than `queue_bytes` waiting, LogFull.
    """

    def __init__(self, writer: SqliteWriter, *, batch_bytes: int = BATCH_BYTES, queue_bytes: int = QUEUE_BYTES) -> None:
        self._writer = writer
        self._batch_bytes = batch_bytes
        self._queue_bytes = queue_bytes
        self._thread = WorkThread("log-writer")
        self._queue: deque[_Waiting] = deque()
        self._queued = 0
        self._draining: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def depth(self) -> int:
        """How many appends wait for the writer."""
        return len(self._queue)

    async def append(self, records: Sequence[Record]) -> None:
        """Returns when all records are durable, all or none of them. Raises LogFull or LogUnavailable.

        An append that was begun is finished also where the caller is cancelled.
        """
        if not records:
            return
        if self._closed:
            raise LogUnavailable("the log is closed")
        size = sum(map(size_of, records))
        if self._queued + size > self._queue_bytes and self._queue:
            raise LogFull(f"{len(self._queue)} appends wait for the disk already")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._queue.append(_Waiting(records, size, done))
        self._queued += size
        if self._draining is None:
            # A task starts in the loop's next pass: all that this pass brings is in its first batch.
            self._draining = loop.create_task(self._drain())
        await done

    async def run(self, step: Callable[[SqliteWriter], T]) -> T:
        """`step` on the writer's thread, between two batches. It must be short: appends wait for it."""
        if self._closed:
            raise LogUnavailable("the log is closed")
        return await self._thread.call(lambda: step(self._writer))

    async def close(self) -> None:
        """Write what waits, then let go of the file. Appends from now on raise LogUnavailable."""
        if self._closed:
            return
        self._closed = True
        if self._draining is not None:
            await asyncio.shield(self._draining)
        await self._thread.call(self._writer.close)
        self._thread.stop()

    async def _drain(self) -> None:
        try:
            while self._queue:
                batch = self._take()
                _settle(batch, await self._thread.call(partial(self._write, batch)))
        finally:
            self._draining = None

    def _take(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        size = 0
        while self._queue and (not batch or size + self._queue[0].size <= self._batch_bytes):
            waiting = self._queue.popleft()
            batch.append(waiting)
            size += waiting.size
        self._queued -= size
        return batch

    def _write(self, batch: list[_Waiting]) -> list[Exception | None]:
        try:
            self._writer.write([record for waiting in batch for record in waiting.records])
        except (LogFull, LogUnavailable) as error:
            return [type(error)(*error.args) for _ in batch]
        except LogUnusable as error:
            return [LogUnavailable(*error.args) for _ in batch]
        except Exception as error:  # noqa: BLE001 (it goes to whoever appended what cannot be written)
            if len(batch) == 1:
                return [error]
            # It must not take the others with it.
            return [self._write([waiting])[0] for waiting in batch]
        return [None] * len(batch)


def _settle(batch: list[_Waiting], outcomes: list[Exception | None]) -> None:
    for waiting, outcome in zip(batch, outcomes, strict=True):
        if waiting.done.done():
            continue
        if outcome is None:
            waiting.done.set_result(None)
        else:
            waiting.done.set_exception(outcome)
