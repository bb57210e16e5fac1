"""Windows of time over a list that has no pages. Pure.

Each round asks again for the last while (`overlap`), as states change after a message was made and clocks differ; then
for what is new. An answer that grows too large may not be whole, so its window is asked again in smaller ones.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

SECOND_MS = 1_000
LONGEST_MS = 86_400_000
_SMALL = 4
"""An answer of a fourth of what is too large lets the window grow."""


class Window(NamedTuple):
    """From `begin` to `end` (UTC, ms), both whole seconds and both included."""

    begin: int
    end: int


def window(begin: int, span: int, now: int) -> Window:
    """The next one from `begin` on, no longer than `span` and not beyond `now`."""
    first = begin // SECOND_MS * SECOND_MS
    return Window(first, max(first, min(first + span, now) // SECOND_MS * SECOND_MS))


def smaller(span: int) -> int:
    """Half of it; a second at least, as the list knows no less."""
    return max(SECOND_MS, span // 2)


def resized(span: int, found: int, too_large: int) -> int:
    """The span of the next window after an answer with `found` elements that was not too large."""
    return min(LONGEST_MS, span * 2) if found * _SMALL <= too_large else span


def is_whole(found: int, too_large: int, span: int) -> bool:
    """Whether an answer may be taken for all there is. That of a single second is all that can be had."""
    return found < too_large or span <= SECOND_MS


def shown(moment: int, zone: str, widen: int) -> str:
    """`YYYY-MM-DD HH:MM:SS` in a zone (IANA). A time that comes twice in autumn is moved by an hour in the direction of
    `widen` (-1, 1), so that the window is never shorter than meant, whichever of the two the provider takes it for.
    """
    local = datetime.fromtimestamp(moment // SECOND_MS, ZoneInfo(zone))
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        local += timedelta(hours=widen)
    return local.strftime("%Y-%m-%d %H:%M:%S")
