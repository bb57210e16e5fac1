"""Corrections: records that a command appends to the log, beside the running intake, and awaits."""

import time
from collections.abc import Callable, Iterable

from consumers.copies import batches
from pipeline.settings import Settings
from pipeline.sqlite_log import SqliteWriter, log_stats
from schemas.record import Record

AHEAD = 50_000
"""The consumer may be this many records behind; then the command waits, so that live reports stay fresh."""


def append(settings: Settings, records: Iterable[Record], advance: Callable[[int], None]) -> int:
    """Append in small transactions; the offset of the last record, or 0 without any. Raises LogFull, LogUnavailable."""
    log = settings.log
    writer = SqliteWriter(settings.folder.log, reserve_bytes=log.reserve_bytes)
    last = 0
    try:
        for batch in batches(records):
            last = writer.write(batch)
            advance(len(batch))
            while _pending(settings) > AHEAD:
                time.sleep(0.2)
    finally:
        writer.close()
    return last


def wait_consumed(settings: Settings, offset: int, seconds: float) -> bool:
    """Whether the consumer passed `offset` within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        stats = log_stats(settings.folder.log, settings.folder.state)
        if stats and stats.committed > offset:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)


def _pending(settings: Settings) -> int:
    stats = log_stats(settings.folder.log, settings.folder.state)
    return stats.pending if stats else 0
