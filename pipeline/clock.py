"""The one clock: handed in wherever the time of now matters, so that tests can set it."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Milliseconds since 1970, UTC."""

MINUTE_MS = 60_000


def now_ms() -> int:
    """The machine's clock."""
    return time.time_ns() // 1_000_000
