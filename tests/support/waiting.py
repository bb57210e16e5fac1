"""Waiting for what is going to be true."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 60.0
"""Seconds. Nothing takes so long; only a failure is found out by it."""

T = TypeVar("T")


def until(look: Callable[[], T | None], what: str, seconds: float = PATIENCE) -> T:
    """The first true thing that `look` returns. Fails when there was none in time; `what` was waited for."""
    began = time.monotonic()
    while True:
        found = look()
        if found:
            return found
        waited = time.monotonic() - began
        if waited > seconds:
            raise AssertionError(f"waited {seconds:.0f} s in vain: {what}")
        # Looks cost what the others, who are waited for, need.
        time.sleep(min(0.5, max(0.02, waited / 20)))
