"""What can go wrong with the log's files, in words for people."""

import sqlite3
from pathlib import Path

from pipeline.log import LogFull, LogUnavailable, LogUnusable

_BROKEN = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def is_storage_error(error: BaseException) -> bool:
    """True where the file or the disk failed; False where what was to be written is at fault."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError


def explain(error: sqlite3.Error, path: Path) -> LogFull | LogUnavailable | LogUnusable:
    """What the failure means for the log at `path`."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    name = getattr(error, "sqlite_errorname", "SQLITE_ERROR")
    primary = code & 0xFF
    if primary == sqlite3.SQLITE_FULL:
        return LogFull(f"{path}: no room to write ({error}); make room on the disk or raise the size limit")
    if primary in _BROKEN:
        return LogUnusable(
            f"{path}: not a readable SQLite file ({error}); restore it from a copy, or move it away to begin a new one"
        )
    if primary == sqlite3.SQLITE_BUSY:
        return LogUnavailable(f"{path}: another process held the write lock for too long ({error})")
    return LogUnavailable(f"{path}: {error} ({name}); check that the disk works and the file may be written")
