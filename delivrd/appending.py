"""Corrections: records that a command appends to the log, beside the running intake, and awaits."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from consumers.copies import batches
from delivrd.errors import Trouble
from pipeline.event_log import EventLog
from schemas.record import Record

AHEAD = 50_000
"""The consumer may be this many records behind; then the command waits, so that live reports stay fresh."""
STUCK_SECONDS = 60
_LOOK = 5_000
"""After so many records it is looked how far behind the consumer is."""


def append(
    log: EventLog,
    records: Iterable[Record],
    advance: Callable[[int], None],
    write: Callable[[Sequence[Record]], None] | None = None,
) -> dict[int, int]:
    """Append in small transactions; by partition, the offset after the last of them. Raises LogFull, LogUnavailable.

    `write` is the way in which it is appended, where that is another one than the log's own.
    """
    unwatched = _LOOK
    for batch in batches(records):
        (write or log.append)(batch)
        advance(len(batch))
        unwatched += len(batch)
        if unwatched >= _LOOK:
            unwatched = 0
            _let_catch_up(log)
    return {one.partition: one.end for one in log.stats()}


def _let_catch_up(log: EventLog) -> None:
    """Raises Trouble where the consumer does not move."""
    committed, moved = -1, time.monotonic()
    while True:
        stats = log.stats()
        if sum(one.pending for one in stats) <= AHEAD:
            return
        now = sum(one.committed for one in stats)
        if now != committed:
            committed, moved = now, time.monotonic()
        elif time.monotonic() - moved > STUCK_SECONDS:
            raise Trouble(
                f"The worker has taken nothing for {STUCK_SECONDS} s (`delivrd status`). What was appended stays; "
                "run the same again when it works: nothing counts twice"
            )
        time.sleep(0.2)


def wait_consumed(log: EventLog, ends: Mapping[int, int], seconds: float) -> bool:
    """Whether the consumer came to these offsets of the partitions within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        committed = {one.partition: one.committed for one in log.stats()}
        if all(committed.get(partition, 0) >= end for partition, end in ends.items()):
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
