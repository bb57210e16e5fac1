"""Looking at a log without being its reader: for those who explain, replay, audit, and show how things stand."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from pipeline.log import Entry
from pipeline.sqlite_log import statements
from pipeline.sqlite_log.files import log_id_of, open_log
from pipeline.sqlite_log.handle import Handle
from pipeline.sqlite_log.state import read_state
from schemas.record import Record

_WINDOW_RECORDS = 10_000
_WINDOW_BYTES = 16 * 1024 * 1024


class LogStats(NamedTuple):
    """How the log stands. Offsets as in LogReader; `oldest_pending` is the time (UTC, ms) of one that is no copy."""

    log_id: str
    first: int
    end: int
    committed: int
    pending: int
    oldest_pending: int | None
    disk_bytes: int


def log_stats(log_path: Path, state_path: Path) -> LogStats | None:
    """How the log stands, and how far it was consumed; None where there is no log yet."""
    if not log_path.exists():
        return None
    with closing(Handle(log_path, open_log)) as handle, handle.use() as connection:
        log_id = log_id_of(connection)
        committed = read_state(state_path, log_id).offset
        first: int = connection.execute(statements.FIRST).fetchone()[0]
        end: int = connection.execute(statements.END).fetchone()[0]
        oldest = connection.execute(statements.TIME_OF_NEXT, (committed,)).fetchone()
    disk = sum(file.stat().st_size for file in _files(log_path) if file.exists())
    pending = max(0, end - max(committed, first))
    return LogStats(log_id, first, end, committed, pending, oldest[0] if oldest else None, disk)


def records_of(
    log_path: Path,
    *,
    keys: Collection[str] | None = None,
    first: int | None = None,
    last: int | None = None,
    since_ms: int | None = None,
    until_ms: int | None = None,
) -> Iterator[Entry]:
    """The records that match all that is given, in order of offset, as they stood when the first was asked for.

    `first` and `last` are offsets, both included; `since_ms` is included, `until_ms` is not (UTC, ms).
    Memory is bounded, and no reading lasts so long that it would keep the writer's journal growing.
    """
    if not log_path.exists():
        return

    def opened(path: Path) -> sqlite3.Connection:
        # A table of this connection's own: JSON in SQLite cuts a text at its first NUL character.
        connection = open_log(path)
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(statements.MAKE_KEYS)
        connection.executemany(statements.PUT_KEY, ((key,) for key in keys or ()))
        return connection

    with closing(Handle(log_path, opened)) as handle:
        with handle.use() as connection:
            start = max(first or 0, connection.execute(statements.FIRST).fetchone()[0])
            stop = connection.execute(statements.END).fetchone()[0] - 1
        stop = stop if last is None else min(last, stop)
        chosen = {"since": since_ms, "until": until_ms, "by_key": keys is not None}
        while start <= stop:
            entries, start = _window(handle, start, min(stop, start + _WINDOW_RECORDS - 1), chosen)
            yield from entries


def _window(handle: Handle, start: int, stop: int, chosen: dict[str, int | None]) -> tuple[list[Entry], int]:
    entries: list[Entry] = []
    size = 0
    values = {"first": start, "last": stop, **chosen}
    with handle.use() as connection, closing(connection.execute(statements.CHOSEN, values)) as rows:
        for offset, *fields in rows:
            entries.append(Entry(offset, Record(*fields)))
            size += len(entries[-1].record.body)
            if size >= _WINDOW_BYTES:
                return entries, offset + 1
    return entries, stop + 1


def _files(log_path: Path) -> list[Path]:
    return [log_path, *(log_path.with_name(log_path.name + end) for end in ("-wal", "-shm"))]
