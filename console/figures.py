"""The overview's figures, worked out when something new came in, and shared by all who look."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from console.desk import Desk
from console.questions import question
from pipeline.clock import Clock

HOUR_MS = 3_600_000
HOURS = 24
WEEK_MS = 7 * HOURS * HOUR_MS
_EARLIER_FOR_SECONDS = 60
"""What a week ago was moves little: it is asked again after so long."""
_SHARE = 0.25
"""At most this share of the time is spent on asking, however much comes in."""


class Sum(msgspec.Struct, frozen=True):
    """Messages of a period, or of a part of it: an hour (`hour`, else -1), or a `source` (else empty).

    The fields are the columns of `sql/console/overview.sql`.
    """

    hour: int
    source: str
    messages: int
    delivered: int
    failed: int
    open: int
    mature: int
    covered: int
    p50: float | None
    p95: float | None


class Heard(msgspec.Struct, frozen=True):
    """A source that was ever heard of; the fields are the columns of `sql/console/overview_sources.sql`. In ms."""

    source: str
    provider: str
    last_webhook: int | None
    last_poll: int | None
    lag: int


NOTHING = Sum(-1, "", 0, 0, 0, 0, 0, 0, None, None)


@dataclass(frozen=True)
class Day:
    """Twenty-four hours, the last of them not over. `since` is when they begin, `until` how far they are known."""

    since: int
    until: int
    total: Sum
    hours: Sequence[Sum]
    sources: Mapping[str, Sum]


@dataclass(frozen=True)
class Figures:
    """What the overview shows. `version` is how far the log was consumed when it was asked."""

    version: str
    day: Day
    week_ago: Day
    heard: Mapping[str, Heard]


class Overview:
    """Keeps the latest figures."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        self._asking = threading.Lock()
        self._latest: Figures | None = None
        self._not_before = 0.0
        self._earlier_until = 0.0

    def at(self, version: str) -> Figures:
        """The figures at `version`, or a moment before, where they were asked just now. Raises Retry, Setup."""
        with self._asking:
            started = time.monotonic()
            latest = self._latest
            hour_is_over = latest is not None and self._clock() >= latest.day.since + HOURS * HOUR_MS
            if latest is None or hour_is_over or (latest.version != version and started >= self._not_before):
                latest = self._latest = self._ask(version, latest)
                self._not_before = time.monotonic() + (time.monotonic() - started) / _SHARE
            return latest

    def _ask(self, version: str, before: Figures | None) -> Figures:
        now = self._clock()
        since = now // HOUR_MS * HOUR_MS - (HOURS - 1) * HOUR_MS
        week_ago = before.week_ago if before else None
        if week_ago is None or time.monotonic() >= self._earlier_until or week_ago.since != since - WEEK_MS:
            week_ago = self._day(since - WEEK_MS, now - WEEK_MS, now)
            self._earlier_until = time.monotonic() + _EARLIER_FOR_SECONDS
        heard = {one.source: one for one in self._desk.ask(question("overview_sources"), Heard)}
        return Figures(version, self._day(since, now + 1, now), week_ago, heard)

    def _day(self, since: int, until: int, now: int) -> Day:
        rows = self._desk.ask(question("overview", since=since, until=until, now=now), Sum)
        hours = {row.hour: row for row in rows if not row.source}
        return Day(
            since,
            until,
            hours.get(-1, NOTHING),
            [hours.get(index, NOTHING) for index in range(HOURS)],
            {row.source: row for row in rows if row.source},
        )
