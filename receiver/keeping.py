"""Between the requests and the log: what one pass of the event loop brings is one append."""

import asyncio
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import NamedTuple

from pipeline import metrics
from pipeline.log import LogAppender, LogFull, LogUnavailable
from receiver import mistakes
from schemas.record import Record


class _Waiting(NamedTuple):
    records: Sequence[Record]
    settled: Callable[[bool], None]


class Keeper:
    """Appends records, and says of each request whether its own are durable.

    An append costs a task, a future and their wake-ups; shared by a pass, they cost a request next to nothing.
    """

    def __init__(self, appender: LogAppender) -> None:
        self._appender = appender
        self._waiting: list[_Waiting] = []
        self._appends: set[asyncio.Task[None]] = set()

    def keep(self, records: Sequence[Record], settled: Callable[[bool], None]) -> None:
        """Append `records`; `settled` is called with True once they are durable, with False where they are not."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(_Waiting(records, settled))

    async def kept(self, records: Sequence[Record]) -> bool:
        """The same for who can wait."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.keep(records, lambda kept: None if done.done() else done.set_result(kept))
        return await done

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        append = asyncio.get_running_loop().create_task(self._append(waiting))
        self._appends.add(append)
        append.add_done_callback(self._appends.discard)

    async def _append(self, waiting: list[_Waiting]) -> None:
        begun = perf_counter()
        try:
            await self._appender.append([record for request in waiting for record in request.records])
        except (LogFull, LogUnavailable):
            kept = False
        except Exception as error:  # noqa: BLE001 (whatever it was, nothing is known to be kept)
            if len(waiting) > 1:
                # Something in it cannot be appended at all; it must not take the others with it.
                await asyncio.gather(*(self._append([request]) for request in waiting))
                return
            mistakes.tell("append_failed", error)
            kept = False
        else:
            kept = True
            metrics.append_seconds.observe(perf_counter() - begun)
        for request in waiting:
            request.settled(kept)
