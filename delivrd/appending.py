"""Corrections: records that a command appends to the log, beside the running intake, and awaits."""

import time
from collections.abc import Callable, Iterable, Mapping

from consumers.copies import batches
from pipeline.event_log import EventLog
from schemas.record import Record

AHEAD = 50_000
"""The consumer may be this many records behind; then the command waits, so that live reports stay fresh."""
_LOOK = 5_000
"""After so many records it is looked how far behind the consumer is."""


def append(log: EventLog, records: Iterable[Record], advance: Callable[[int], None]) -> dict[int, int]:
    """Append in small transactions; by partition, an offset that none stands behind. Raises LogFull, LogUnavailable."""
    last: dict[int, int] = {}
    unwatched = _LOOK
    for batch in batches(records):
        last |= log.append(batch)
        advance(len(batch))
        unwatched += len(batch)
        if unwatched >= _LOOK:
            unwatched = 0
            while sum(one.pending for one in log.stats()) > AHEAD:
                time.sleep(0.2)
    return last


def wait_consumed(log: EventLog, last: Mapping[int, int], seconds: float) -> bool:
    """Whether the consumer passed these offsets of the partitions within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        committed = {one.partition: one.committed for one in log.stats()}
        if all(committed.get(partition, 0) > offset for partition, offset in last.items()):
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
