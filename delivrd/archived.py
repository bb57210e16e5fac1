"""How the archive stands, as rows of `delivrd status`."""

import itertools
from collections.abc import Iterator, Sequence

from delivrd.options import Place
from delivrd.parts import event_log
from pipeline.archive.filling import DAY_MS
from pipeline.archive.listing import Files, end_of, list_files, ranges
from pipeline.archive.progress import read_progress
from pipeline.archive.target import ArchiveUnavailable, open_target
from pipeline.clock import now_ms
from pipeline.event_log import EventLog
from pipeline.log import LogUnavailable, LogUnusable
from pipeline.log_stats import PartitionStats
from pipeline.settings import Settings

HOUR_MS = 3_600_000

Row = tuple[str, str, bool]


def archive_rows(place: Place, settings: Settings) -> Iterator[Row]:
    """What it holds, how far it is behind, and what is missing in it; nothing where there is no archive."""
    where = settings.archive_place
    if where is None:
        return
    try:
        files = list_files(open_target(where))
        with event_log(settings) as log:
            stats = log.stats()
            waiting = _oldest_waiting(log, stats, files)
    except ArchiveUnavailable as error:
        yield "archive", f"cannot be read: {error}", False
        return
    except (LogUnavailable, LogUnusable):  # which is a row of its own
        return
    count = sum(map(len, files.values()))
    # A file that is not full may wait for a day.
    late = waiting is not None and now_ms() - waiting > settings.archive.after_ms + DAY_MS + HOUR_MS
    behind = f", behind: a record of {place.local(waiting)} is not there" if late and waiting is not None else ""
    problem = read_progress(settings.folder.archived, where.url).problem
    how = f"{count} files in {where.url}{behind}" + f"; {problem}" * bool(problem)
    yield "archive", how, not (late or problem)
    yield from _missing(files, stats)


def _oldest_waiting(log: EventLog, stats: Sequence[PartitionStats], files: Files) -> int | None:
    """The time of the oldest consumed record that is not archived."""
    times = []
    for part in stats:
        start = max(end_of(files.get((part.log_id, part.partition), ())), part.first)
        if start < part.committed:
            times += [entry.record.time for entry in log.records(part.partition, first=start, last=start)]
    return min(times, default=None)


def _missing(files: Files, stats: Sequence[PartitionStats]) -> Iterator[Row]:
    firsts = {(part.log_id, part.partition): part.first for part in stats}
    for (log_id, partition), there in files.items():
        held = list(ranges(there))
        if held[-1][1] + 1 < firsts.get((log_id, partition), 0):
            held.append((firsts[log_id, partition], firsts[log_id, partition]))
        for (_, last), (first, _) in itertools.pairwise(held):
            what = f"{first - last - 1} records, {last + 1} to {first - 1} of partition {partition}"
            yield "archive lacks", f"{what}: the log had to let them go", True
