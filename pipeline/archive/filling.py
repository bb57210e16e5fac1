"""From the log into the archive: what was consumed and has come of age, in order, in files of a good size.

Two who do it at once, or one who was killed and begins again, write files that overlap and agree.
"""

from collections.abc import Callable, Iterator, Sequence

from pipeline.archive.files import ArchiveFile
from pipeline.archive.listing import Files, end_of
from pipeline.event_log import EventLog
from pipeline.log import Entry
from pipeline.log_stats import PartitionStats
from pipeline.sqlite_log.writer import size_of

FILE_RECORDS = 50_000
FILE_BYTES = 32 * 1024 * 1024
"""A full file: the records of one, and about their bytes before they are packed."""

DAY_MS = 86_400_000


Write = Callable[[str, int, Sequence[Entry]], ArchiveFile]
"""Puts records of a log's partition into a file of their own, durably: as `Archive.write` does."""


def fill(log: EventLog, there: Files, before_ms: int, write: Write, *, eager: bool = False) -> Iterator[ArchiveFile]:
    """Archive what is older than `before_ms` (UTC, ms), up to the first record that is not; each file when it is there.

    A file that is not full waits until its first record has been of age for a day, so that a quiet log makes one file
    a day; `eager` does not wait. Raises ArchiveUnavailable, LogUnavailable, LogUnusable, and the warehouse's errors.
    """
    for part in log.stats():
        start = max(end_of(there.get((part.log_id, part.partition), ())), part.first)
        for entries in _batches(log, part, start, before_ms, eager=eager):
            yield write(part.log_id, part.partition, entries)


def _batches(log: EventLog, part: PartitionStats, start: int, before_ms: int, *, eager: bool) -> Iterator[list[Entry]]:
    if start >= part.committed:
        return
    held: list[Entry] = []
    size = 0
    for entry in log.records(part.partition, first=start, last=part.committed - 1):
        if entry.record.time >= before_ms:
            break
        held.append(entry)
        size += size_of(entry.record)
        if len(held) == FILE_RECORDS or size >= FILE_BYTES:
            yield held
            held, size = [], 0
    if held and (eager or held[0].record.time < before_ms - DAY_MS):
        yield held
