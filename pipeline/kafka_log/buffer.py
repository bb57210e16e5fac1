"""What was fetched of one partition and not yet handed out."""

from collections import deque
from collections.abc import Sequence

from pipeline.log import Entry

ENTRY_BYTES = 200
"""What an entry takes in memory beside its body and context, roughly."""


class Buffer:
    """One partition under one assignment. One thread adds, one takes; they need no lock between them.

    `next` is the offset after the last entry that was taken, `end` the partition's end as far as is known,
    `lowest` the offset below which nothing may be committed any more.
    """

    def __init__(self, epoch: int, offset: int, end: int, lowest: int) -> None:
        self.epoch = epoch
        self.end = end
        self.lowest = lowest
        self.paused = True
        self._runs: deque[tuple[Sequence[Entry], int]] = deque()
        self.restart(offset)

    @property
    def bytes(self) -> int:
        """What is held, roughly."""
        return self._added_bytes - self._taken_bytes

    def __len__(self) -> int:
        return self._added - self._taken

    def restart(self, offset: int) -> None:
        """Forget what is held; go on at `offset`. `tail` is the offset that comes next from the broker."""
        self._runs.clear()
        self._added = self._taken = 0
        self._added_bytes = self._taken_bytes = 0
        self.next = self.tail = offset

    def add(self, entries: Sequence[Entry]) -> None:
        """What came from the broker, at `tail` or after it."""
        size = sum(map(_size_of, entries))
        self._runs.append((entries, size))
        self._added += len(entries)
        self._added_bytes += size
        self.tail = entries[-1].offset + 1

    def take(self, last: int | None, max_records: int, max_bytes: int) -> list[Entry]:
        """The next entries, to offset `last` included; at least one where there is one, else within both limits."""
        taken: list[Entry] = []
        size = 0
        while self._runs:
            run, run_size = self._runs[0]
            fits = len(taken) + len(run) <= max_records and size + run_size <= max_bytes
            if fits and (last is None or run[-1].offset <= last):
                self._runs.popleft()
                taken += run
                size += run_size
                continue
            part, part_size = _part_of(run, last, max_records - len(taken), max_bytes - size, at_least=not taken)
            if part:
                self._runs[0] = (run[len(part) :], run_size - part_size)
                taken += part
                size += part_size
                if not self._runs[0][0]:
                    self._runs.popleft()
            break
        if taken:
            self.next = taken[-1].offset + 1
            self._taken += len(taken)
            self._taken_bytes += size
        return taken


def _part_of(
    run: Sequence[Entry], last: int | None, records: int, room: int, *, at_least: bool
) -> tuple[Sequence[Entry], int]:
    """The beginning of a run that is within the limits, `at_least` one entry where `last` allows it; and its size."""
    size = 0
    for count, entry in enumerate(run):
        next_size = size + _size_of(entry)
        over = count >= records or (next_size > room and not (at_least and count == 0))
        if over or (last is not None and entry.offset > last):
            return run[:count], size
        size = next_size
    return run, size


def _size_of(entry: Entry) -> int:
    return len(entry.record.body) + len(entry.record.context) + ENTRY_BYTES
