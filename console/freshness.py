"""How fresh the figures are, in words."""

from dataclasses import dataclass

from console.words import clock_time, span
from pipeline.event_log import EventLog
from pipeline.log import LogUnavailable, LogUnusable

_CLOSE_MS = 5_000
"""A record that waits for less is on its way; whoever waits longer waits for something."""


@dataclass(frozen=True)
class Freshness:
    """`version` changes with each record that is consumed; `behind` says that something is held up."""

    version: str
    words: str
    behind: bool


def freshness(log: EventLog, now: int) -> Freshness:
    """How the log stands at `now` (ms)."""
    try:
        stats = log.stats()
    except (LogUnavailable, LogUnusable) as error:
        return Freshness("", f"How fresh the figures are is not known: {error}", behind=True)
    version = "-".join(str(one.committed) for one in stats)
    pending = sum(one.pending for one in stats)
    oldest = min((one.oldest_pending for one in stats if one.oldest_pending is not None), default=now)
    if pending and now - oldest > _CLOSE_MS:
        words = f"{pending:,} reports are not in these figures yet; the oldest waits for {span(now - oldest)}."
        return Freshness(version, words, behind=True)
    return Freshness(version, f"Every report up to {clock_time(now)} UTC is in these figures.", behind=False)
