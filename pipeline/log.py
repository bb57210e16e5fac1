"""The event log, as those who append to it and those who read it see it.

Offsets rise by one within a partition and never restart. A position is (log id, partition, offset), so
that a recreated topic or a restored file is another log.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec

from schemas.record import Record


class LogFull(Exception):
    """The log cannot take more just now (disk reserve, size); nothing was kept. Try later."""


class LogUnavailable(Exception):
    """The log does not answer; nothing is known to be kept. Try later."""


class LogUnusable(Exception):
    """The log cannot serve until somebody acts; trying again does not help. The text says what to do."""


class Revoked(Exception):
    """The partition belongs to another reader now; what was read from it must be dropped."""


class Commit(NamedTuple):
    """Where reading goes on, and the short text (at most 1 KiB) that was kept with it."""

    offset: int
    note: str


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A record and its offset within its partition."""

    offset: int
    record: Record


class LogAppender(Protocol):
    """Who puts records into the log."""

    async def append(self, records: Sequence[Record]) -> None:
        """Returns when all records are durable, all or none of them. Raises LogFull or LogUnavailable."""
        ...


class LogReader(Protocol):
    """Who reads the log, each partition from where it was left."""

    @property
    def log_id(self) -> str:
        """The log's UUID, made with it."""
        ...

    def partitions(self) -> Sequence[int]:
        """The partitions that are this reader's now."""
        ...

    def committed(self, partition: int) -> Commit:
        """Where the partition was left; the first kept offset and an empty note if it never was."""
        ...

    def fetch(
        self, partition: int, start: int, *, last: int | None = None, max_records: int, max_bytes: int
    ) -> list[Entry]:
        """What stands from offset `start` on, in order, to `last` included; empty where nothing is there yet.

        Ends at either limit, but holds at least one record where there is one. Does not block.
        """
        ...

    def commit(self, partition: int, offset: int, note: str) -> None:
        """Keep `offset` (the next one to read) and `note`, durably. Raises Revoked."""
        ...

    def first(self, partition: int) -> int:
        """The oldest offset that is still kept (`end` where the partition is empty)."""
        ...

    def end(self, partition: int) -> int:
        """The offset that the next record will get."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
