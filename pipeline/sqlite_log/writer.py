"""Appending to the log, and taking away what was consumed."""

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path

from msgspec.structs import astuple

from pipeline.log import LogFull, LogUnavailable
from pipeline.sqlite_log import statements
from pipeline.sqlite_log.files import log_id_of, open_log, settle
from pipeline.sqlite_log.handle import Handle
from schemas.record import Record

ROW_BYTES = 256
"""What a record takes beside its body and context: its other fields and the row's own bytes, rounded up."""

USUAL_BYTES = 64 * 1024
"""No more comes with a usual request."""

_PRUNE_RECORDS = 256
_PRUNE_BYTES = 512 * 1024
_VACUUM_PAGES = 64


def size_of(record: Record) -> int:
    """About what the record takes in the log, in bytes."""
    return len(record.body) + len(record.context) + ROW_BYTES


def free_bytes(folder: Path) -> int:
    """What is free for us on the disk of `folder`, in bytes."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


class SqliteWriter:
    """The log's writing side. Calls block until the disk has it; for one thread at a time.

    Other processes may write as well: each waits for the other's transaction. `reserve_bytes` stay free on
    the disk, since draining needs room too; `max_bytes` bounds the log's file. Raises LogUnusable where
    the file at `path` is not a log; where there is no file, a new log is made.
    """

    def __init__(
        self,
        path: Path,
        *,
        reserve_bytes: int,
        max_bytes: int | None = None,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self.path = path
        self.reserve_bytes = reserve_bytes
        self._max_bytes = max_bytes
        self._folder = path.parent
        self._free = free
        self._log_id = ""
        self._handle = Handle(path, self._open)
        with self._handle.use():
            pass

    @property
    def log_id(self) -> str:
        """The log's UUID, made with it."""
        return self._log_id

    def free_bytes(self) -> int:
        """What is free on the log's disk, in bytes. Raises LogUnavailable."""
        try:
            return self._free(self._folder)
        except OSError as error:
            raise LogUnavailable(f"{self._folder}: {error.strerror}") from error

    def has_room(self) -> bool:
        """Whether a usual request would be kept: by the disk, and by `max_bytes`.

        Raises LogUnavailable, LogUnusable where the file cannot be read.
        """
        with self._handle.use() as connection:
            used = _pragma(connection, "page_count") - _pragma(connection, "freelist_count")
            left = (_pragma(connection, "max_page_count") - used) * _pragma(connection, "page_size")
        return min(left, self.free_bytes() - self.reserve_bytes) > USUAL_BYTES

    def write(self, records: Sequence[Record]) -> int:
        """Append all of `records` or none; durable at return. The last one's offset.

        Raises LogFull or LogUnavailable: nothing is known to be kept, and the next call tries anew.
        """
        if not records:
            raise ValueError("nothing to write")
        with self._handle.use() as connection:
            if self.free_bytes() - sum(map(size_of, records)) < self.reserve_bytes:
                raise LogFull(f"{self.path}: the disk is down to its reserve of {self.reserve_bytes} bytes; make room")
            if len(records) <= statements.ROWS_PER_INSERT:
                return _insert(connection, records)
            connection.execute("BEGIN IMMEDIATE")
            for start in range(0, len(records), statements.ROWS_PER_INSERT):
                last = _insert(connection, records[start : start + statements.ROWS_PER_INSERT])
            connection.execute("COMMIT")
            return last

    def prune(self, upto_offset: int, older_than_ms: int, max_bytes: int | None) -> int:
        """One small step: delete the oldest records before `upto_offset`, and say how many; 0 when none is left.

        Only those go whose time is before `older_than_ms` (UTC, ms), and, while the log holds more than
        `max_bytes`, younger ones too. In order of offset: one that stays keeps those after it.
        """
        with self._handle.use() as connection:
            used = (_pragma(connection, "page_count") - _pragma(connection, "freelist_count")) * _pragma(
                connection, "page_size"
            )
            last, count, freed = 0, 0, 0
            with closing(connection.execute(statements.OLDEST, (_PRUNE_RECORDS,))) as oldest:
                for offset, time, size in oldest:
                    too_large = max_bytes is not None and used - freed > max_bytes
                    if offset >= upto_offset or freed >= _PRUNE_BYTES or not (time < older_than_ms or too_large):
                        break
                    last, count, freed = offset, count + 1, freed + size + ROW_BYTES
            if count:
                connection.execute(statements.DELETE, (last,))
            return count

    def give_back(self, keep_bytes: int) -> bool:
        """One small step: shorten the file by what pruning left empty, beyond `keep_bytes`. True if there is more."""
        with self._handle.use() as connection:
            keep = keep_bytes // _pragma(connection, "page_size")
            if _pragma(connection, "freelist_count") <= keep:
                return False
            # It works a page a step, and `execute` stops after the first.
            connection.executescript(f"PRAGMA incremental_vacuum({_VACUUM_PAGES})")
            # The file is cut only when the journal has been brought into it.
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            return _pragma(connection, "freelist_count") > keep

    def close(self) -> None:
        """Let go of the file."""
        self._handle.close()

    def _open(self, path: Path) -> sqlite3.Connection:
        connection = open_log(path)
        try:
            settle(connection, path)
            self._log_id = log_id_of(connection)
            if self._max_bytes is not None:
                pages = max(1, self._max_bytes // _pragma(connection, "page_size"))
                connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection


def _insert(connection: sqlite3.Connection, records: Sequence[Record]) -> int:
    values = list(chain.from_iterable(map(astuple, records)))
    last = connection.execute(statements.insert(len(records)), values).lastrowid
    assert last is not None
    return last


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value
