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
        self.next = offset
        self.end = end
        self.lowest = lowest
        self.paused = True
        self._entries: deque[Entry] = deque()
        self._added = 0
        self._taken = 0

    @property
    def bytes(self) -> int:
        """What is held, roughly."""
        return self._added - self._taken

    @property
    def tail(self) -> int:
        """The offset that comes next from the broker."""
        return self._entries[-1].offset + 1 if self._entries else self.next

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entries: Sequence[Entry]) -> None:
        """What came from the broker, at `tail` or after it."""
        self._entries.extend(entries)
        self._added += sum(map(_size_of, entries))

    def restart(self, offset: int) -> None:
        """Forget what is held; go on at `offset`."""
        self._entries.clear()
        self._added = self._taken = 0
        self.next = offset

    def take(self, last: int | None, max_records: int, max_bytes: int) -> list[Entry]:
        """The next entries, to offset `last` included; at least one where there is one, else within both limits."""
        taken: list[Entry] = []
        size = 0
        while self._entries and len(taken) < max_records:
            entry = self._entries[0]
            size += _size_of(entry)
            if (last is not None and entry.offset > last) or (size > max_bytes and taken):
                break
            taken.append(self._entries.popleft())
            self._taken += _size_of(entry)
        if taken:
            self.next = taken[-1].offset + 1
        return taken


def _size_of(entry: Entry) -> int:
    return len(entry.record.body) + len(entry.record.context) + ENTRY_BYTES
