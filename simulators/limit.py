"""A limit of requests, as Laravel's throttle keeps it: a window opens with its first request and counts on."""

import math
from typing import NamedTuple

from simulators.clock import Clock

_MINUTE = 60_000


class Room(NamedTuple):
    """What is left of a window: requests, and `retry_after` seconds (0 where this request still had room)."""

    remaining: int
    retry_after: int


class Limit:
    """So many requests a minute of the stand-ins' time, for each key."""

    def __init__(self, clock: Clock, a_minute: int) -> None:
        self.a_minute = a_minute
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def hit(self, key: str) -> Room:
        """Count a request."""
        now = self._clock.elapsed()
        began, count = self._windows.get(key, (now, 0))
        if now >= began + _MINUTE:
            began, count = now, 0
        if count >= self.a_minute:
            wait = self._clock.shown(began + _MINUTE - now) / 1000
            return Room(0, max(1, math.ceil(wait)))
        self._windows[key] = (began, count + 1)
        return Room(self.a_minute - count - 1, 0)
