"""The event log of this machine's files, as commands see it."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import msgspec

from pipeline.log import Entry
from pipeline.log_stats import PartitionStats
from pipeline.sqlite_log.looking import log_stats, records_of
from pipeline.sqlite_log.reader import PARTITION, SqliteReader
from pipeline.sqlite_log.writer import SqliteWriter
from schemas.record import Record


class SqliteFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The log's file, its consumer's, and how much room (bytes) appending leaves to others on their disk."""

    log: Path
    state: Path
    reserve_bytes: int


class SqliteEventLog:
    """See EventLog. The one partition is number 0."""

    def __init__(self, files: SqliteFiles) -> None:
        self._files = files
        self._writer: SqliteWriter | None = None

    def stats(self) -> Sequence[PartitionStats]:
        """The one partition, once there is a log. Raises LogUnavailable, LogUnusable."""
        found = log_stats(self._files.log, self._files.state)
        if found is None:
            return ()
        committed = max(found.committed, found.first)
        return (
            PartitionStats(
                found.log_id, PARTITION, found.first, found.end, committed, found.oldest_pending, found.disk_bytes
            ),
        )

    def records(
        self,
        partition: int,
        *,
        first: int | None = None,
        last: int | None = None,
        keys: Collection[str] | None = None,
        since_ms: int | None = None,
        until_ms: int | None = None,
    ) -> Iterator[Entry]:
        """As EventLog says. Raises LogUnavailable, LogUnusable."""
        if partition != PARTITION:
            raise ValueError(f"there is no partition {partition}; this log has one, number {PARTITION}")
        return records_of(self._files.log, keys=keys, first=first, last=last, since_ms=since_ms, until_ms=until_ms)

    def append(self, records: Sequence[Record]) -> None:
        """Beside a running intake: each waits for the other's transaction. Raises LogFull, LogUnavailable."""
        if not records:
            return
        if self._writer is None:
            self._writer = SqliteWriter(self._files.log, reserve_bytes=self._files.reserve_bytes)
        self._writer.write(records)

    def open_reader(self) -> SqliteReader:
        """Takes the partition over from an earlier reader."""
        return SqliteReader(self._files.log, self._files.state)

    def close(self) -> None:
        """Let go of the file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
