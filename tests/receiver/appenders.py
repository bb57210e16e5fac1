"""Logs that fail, and logs that take their time, around the real one."""

import asyncio
from collections.abc import Sequence

from pipeline.log import LogAppender
from schemas.record import Record


class Failing:
    """Refuses everything."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def append(self, records: Sequence[Record]) -> None:
        raise self._error


class Held:
    """Appends when it is let go; `asked` is set when the first append waits."""

    def __init__(self) -> None:
        self.inner: LogAppender
        self.let_go = asyncio.Event()
        self.asked = asyncio.Event()

    def around(self, inner: LogAppender) -> "Held":
        self.inner = inner
        return self

    async def append(self, records: Sequence[Record]) -> None:
        self.asked.set()
        await self.let_go.wait()
        await self.inner.append(records)
