"""The clock of the stand-ins: waits can be made shorter, told times can be set."""

import asyncio
import time
from collections.abc import Awaitable, Callable


class Clock:
    """Time as the providers live it. All times are milliseconds.

    Carriers, retries and limits run `speed` times as fast as the machine's time. With `start` (UTC, since 1970)
    the providers' calendars run from there at that speed too. Without it they show the machine's time, so that
    they agree with whoever lives by it, and latencies look `speed` times as short.
    """

    def __init__(
        self,
        speed: float = 1.0,
        start: int | None = None,
        *,
        seconds: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if speed <= 0:
            raise ValueError(f"speed is {speed}, it must be above 0")
        self.speed = speed
        self._start = start
        self._seconds = seconds
        self._wall = wall
        self._sleep = sleep
        self._began = seconds()

    def elapsed(self) -> float:
        """How long the stand-ins have lived."""
        return (self._seconds() - self._began) * 1000 * self.speed

    def now(self) -> int:
        """What the providers' calendars show: UTC, since 1970."""
        return int(self._wall() * 1000 if self._start is None else self._start + self.elapsed())

    def shown(self, span: float) -> float:
        """How much later the calendars are after a span of the stand-ins' time."""
        return span / self.speed if self._start is None else span

    async def sleep(self, span: float) -> None:
        """Wait for a span of the stand-ins' time."""
        await self._sleep(max(0.0, span) / 1000 / self.speed)
