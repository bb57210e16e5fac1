"""All records that are kept, of the log and of the archive, as if they stood in one place.

What the log holds is read from there; what it has let go of, and what logs of former times held, from the archive.
"""

from collections.abc import Iterator, Sequence

from pipeline.archive.archive import Archive
from pipeline.archive.listing import Files, Partition, ranges
from pipeline.event_log import EventLog
from pipeline.log import Entry
from pipeline.log_stats import PartitionStats


class History:
    """As it stood when it was made. Calls raise what log and archive raise."""

    def __init__(self, log: EventLog, archive: Archive | None) -> None:
        self._log = log
        self._archive = archive
        self._parts = {(part.log_id, part.partition): part for part in log.stats()}
        self._files: Files = archive.files() if archive else {}

    @property
    def parts(self) -> Sequence[PartitionStats]:
        """The partitions of the present log; empty where there is none yet."""
        return list(self._parts.values())

    @property
    def partitions(self) -> Sequence[Partition]:
        """All that something is kept of: those of former logs, the older first, then those of the present one."""
        former = [one for one in self._files if one not in self._parts]
        return [*sorted(former, key=lambda one: (self._files[one][0].oldest_day, one)), *self._parts]

    def ranges(self, partition: Partition) -> list[tuple[int, int]]:
        """The offsets that are kept without a gap, as (first, last)."""
        found = list(ranges(self._files.get(partition, ())))
        part = self._parts.get(partition)
        if part is None or part.first == part.end:
            return found
        if found and part.first <= found[-1][1] + 1:
            return [*found[:-1], (min(found[-1][0], part.first), part.end - 1)]
        return [*found, (part.first, part.end - 1)]

    def end(self, partition: Partition) -> int:
        """The offset after the last kept record of a partition."""
        return max((last + 1 for _, last in self.ranges(partition)), default=0)

    def count(self, partition: Partition, start: int, end: int) -> int:
        """How many records from offset `start` to before `end` are kept."""
        return sum(max(0, min(last + 1, end) - max(first, start)) for first, last in self.ranges(partition))

    def records(
        self,
        partition: Partition,
        start: int,
        end: int,
        since_ms: int | None = None,
        until_ms: int | None = None,
    ) -> Iterator[Entry]:
        """The records from offset `start` to before `end`, in order; of that time, as far as others can be passed over.

        What the log lets go of meanwhile comes from the archive as well.
        """
        at = start
        if self._archive is None:
            yield from self._log.records(partition[1], first=start, last=end - 1, since_ms=since_ms, until_ms=until_ms)
            return
        if partition in self._parts and at < end:
            for entry in self._log.records(partition[1], first=at, last=end - 1):
                if entry.offset > at:
                    yield from self._archived(partition, at, entry.offset, since_ms, until_ms)
                yield entry
                at = entry.offset + 1
        yield from self._archived(partition, at, end, since_ms, until_ms)

    def _archived(
        self, partition: Partition, start: int, end: int, since_ms: int | None, until_ms: int | None
    ) -> Iterator[Entry]:
        if self._archive is None or start >= end:
            return
        at = start
        for file in self._archive.files().get(partition, ()):
            if file.last >= at and file.first < end:
                if file.may_hold(since_ms, until_ms):
                    yield from (entry for entry in self._archive.read(file) if at <= entry.offset < end)
                at = file.last + 1
