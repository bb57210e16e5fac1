"""Reading the log from where it was left."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from pipeline.log import Commit, Entry, LogUnusable
from pipeline.sqlite_log import statements
from pipeline.sqlite_log.files import log_id_of, open_log, settle
from pipeline.sqlite_log.handle import Handle
from pipeline.sqlite_log.state import MAX_NOTE, ReaderState
from pipeline.sqlite_log.writer import ROW_BYTES
from schemas.record import Record

PARTITION = 0
_LAST = 2**63 - 1


class SqliteReader:
    """The log's one partition, number 0, for one thread at a time. Reading never makes the writer wait.

    Opening it takes the partition over: an earlier reader's commits raise Revoked. Where there is no log
    yet, an empty one is made, so that it does not matter who starts first. Calls raise LogUnavailable
    where the disk fails for the moment, and LogUnusable where the log is not the one it was.
    """

    def __init__(self, log_path: Path, state_path: Path) -> None:
        self._log_id = ""
        self._log = Handle(log_path, self._open)
        with self._log.use():
            pass
        self._state = ReaderState(state_path, self._log_id, PARTITION)
        self._lowest = 0

    @property
    def log_id(self) -> str:
        """The log's UUID, made with it."""
        return self._log_id

    def partitions(self) -> Sequence[int]:
        """The one there is."""
        return (PARTITION,)

    def committed(self, partition: int) -> Commit:
        """Where reading goes on; the first kept offset and an empty note where nothing was committed.

        Raises LogUnusable where that is beyond the log's end: the file is older than what was read from it.
        """
        _check(partition)
        found = self._state.committed()
        if found is None:
            return Commit(self.first(partition), "")
        end = self.end(partition)
        if found.offset > end:
            raise LogUnusable(
                f"{self._log.path}: the log was restored from an older copy: it ends before offset {end}, but was "
                f"read to {found.offset}; restore the newer copy, or delete the consumer's state to read it all again"
            )
        self._lowest = found.offset
        return found

    def fetch(
        self, partition: int, start: int, *, last: int | None = None, max_records: int, max_bytes: int
    ) -> list[Entry]:
        """What stands from `start` on, as in LogReader."""
        _check(partition)
        entries: list[Entry] = []
        size = 0
        values = (start, _LAST if last is None else last, max_records)
        with self._log.use() as connection, closing(connection.execute(statements.RANGE, values)) as rows:
            # Each field by its name: a third faster than unpacking the row into a list and that into a Record.
            for offset, id_, source, type_, time_, key, content_type, context, body, replay_of in rows:
                size += len(body) + len(context) + ROW_BYTES
                if size > max_bytes and entries:
                    break
                record = Record(id_, source, type_, time_, key, content_type, context, body, replay_of)
                entries.append(Entry(offset, record))
        return entries

    def commit(self, partition: int, offset: int, note: str) -> None:
        """Keep `offset` (the next one to read) and `note`, durably. Raises Revoked."""
        _check(partition)
        if offset < self._lowest:
            raise ValueError(f"offset {offset} is before {self._lowest}, which was committed already")
        if len(note.encode()) > MAX_NOTE:
            raise ValueError(f"the note has more than {MAX_NOTE} bytes")
        self._state.commit(offset, note)
        self._lowest = offset

    def first(self, partition: int) -> int:
        """The oldest offset that is still kept (`end` where there is none)."""
        return self._number(partition, statements.FIRST)

    def end(self, partition: int) -> int:
        """The offset that the next record will get."""
        return self._number(partition, statements.END)

    def close(self) -> None:
        """Let go of both files."""
        self._log.close()
        self._state.close()

    def _number(self, partition: int, statement: str) -> int:
        _check(partition)
        with self._log.use() as connection:
            value: int = connection.execute(statement).fetchone()[0]
        return value

    def _open(self, path: Path) -> sqlite3.Connection:
        connection = open_log(path)
        try:
            settle(connection, path)
            self._log_id = _same(self._log_id, log_id_of(connection), path)
        except BaseException:
            connection.close()
            raise
        return connection


def _same(known: str, found: str, path: Path) -> str:
    if known and known != found:
        raise LogUnusable(f"{path}: another log stands there now; start again to read it from its first record")
    return found


def _check(partition: int) -> None:
    if partition != PARTITION:
        raise ValueError(f"there is no partition {partition}; this log has one, number {PARTITION}")
