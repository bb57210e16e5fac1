"""How fast one source may be asked: its rate, what its answers say about limits, and pauses after failures."""

import asyncio
import email.utils
import random
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog

from pipeline.clock import MINUTE_MS, Clock, now_ms

FIRST_PAUSE_MS = 500
LONGEST_PAUSE_MS = 300_000
LONGEST_WAIT_MS = 3_600_000
"""What a provider may impose by a header at most."""
_NO_MOMENT = 1_000_000_000
"""So many seconds and more are a moment since 1970 (2001 and later), fewer a wait."""

log = structlog.get_logger(__name__)


class Pace:
    """Everyone who asks this source takes turns here, in the order of coming.

    `passing` are milliseconds that nobody sets back, `clock` is the time of day, `chance` gives numbers in [0, 1).
    """

    def __init__(
        self,
        source: str,
        per_minute: int,
        *,
        passing: Callable[[], float] = lambda: time.monotonic() * 1000,
        clock: Clock = now_ms,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._source = source
        self._own = per_minute
        self._told: int | None = None
        self._passing = passing
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._order = asyncio.Lock()
        self._next = 0.0
        self._opens = 0.0
        self._failures = 0
        self._round = 0

    @property
    def _interval(self) -> float:
        return MINUTE_MS / min(self._own, self._told or self._own)

    def allow(self, per_minute: int) -> None:
        """The settings have another rate now. Whatever the provider imposed stays."""
        self._own = per_minute

    async def turn(self) -> int:
        """Return when the next question may be asked; the number is for `failed`."""
        async with self._order:
            while (wait := max(self._next, self._opens) - self._passing()) > 0:
                await self._sleep(wait / 1000)
            self._next = self._passing() + self._interval
            return self._round

    def answered(self, headers: Mapping[str, str]) -> None:
        """An answer came. Limits that it tells are obeyed where they are stricter than ours."""
        self._failures = 0
        limit = _number(headers.get("x-ratelimit-limit"))
        if limit:
            if self._interval < MINUTE_MS / limit:
                log.info("slower", source=self._source, per_minute=limit, reason="the provider says so")
            self._told = limit
        if _number(headers.get("x-ratelimit-remaining")) == 0:
            self._close(_wait(headers.get("x-ratelimit-reset"), self._clock()) or MINUTE_MS)

    def failed(self, turn: int, headers: Mapping[str, str] | None = None) -> None:
        """No answer to the question of this turn. The second failure in a row makes a pause, each further one a longer.

        What was asked before the pause and fails during it is the same failure.
        """
        told = _wait((headers or {}).get("retry-after"), self._clock())
        if told is not None:
            self._close(told)
        if turn != self._round:
            return
        self._round += 1
        self._failures += 1
        if self._failures > 1:
            pause = min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** min(self._failures - 2, 20))
            self._close(pause * (0.5 + self._chance() / 2))

    def _close(self, wait: float) -> None:
        self._opens = max(self._opens, self._passing() + min(wait, LONGEST_WAIT_MS))


class Paces:
    """Those of all sources, for as long as the process lives: changed settings must not end a pause that a provider
    imposed. Another address is another provider.
    """

    def __init__(self, make: Callable[[str, int], Pace] = Pace) -> None:
        self._make = make
        self._known: dict[tuple[str, str], Pace] = {}

    def of(self, source: str, base_url: str, per_minute: int) -> Pace:
        """The source's, the same each time."""
        pace = self._known.setdefault((source, base_url), self._make(source, per_minute))
        pace.allow(per_minute)
        return pace


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


def _wait(text: str | None, now: int) -> float | None:
    """Milliseconds to wait: from seconds, from seconds since 1970, or from a date; None where it is none of them."""
    seconds = _number(text)
    if seconds is not None:
        return seconds * 1000.0 if seconds < _NO_MOMENT else max(0.0, seconds * 1000.0 - now)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text or "").timestamp() * 1000 - now)
    except (TypeError, ValueError):
        return None
