"""The log's two SQLite files: made whole or not at all, opened with what durability needs, checked first."""

import os
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from pipeline.filesystem import sync_folder
from pipeline.log import LogUnavailable, LogUnusable
from pipeline.sqlite_log import statements
from pipeline.sqlite_log.errors import explain

BUSY_SECONDS = 5.0
"""How long one process waits for another's write; writes are short, so this is a stuck disk or a mistake."""

_LOG = "an event log"
_STATE = "a consumer's state"

_PAGE_BYTES = 8192
_WAL_PAGES = 128
"""A checkpoint stops the writer; one of 1 MiB takes 1 to 2 ms on a fast disk."""
_WAL_BYTES = 16 * 1024 * 1024
"""What the journal keeps of its room after a long reading made it grow."""


def open_log(path: Path) -> sqlite3.Connection:
    """The log at `path`, made if there is none. Raises LogUnusable or LogUnavailable."""
    if not path.exists():
        _make(path, statements.MAKE_LOG, {"kind": _LOG, "log_id": str(uuid.uuid4()), "partitions": "1"})
    return _open(path, _LOG)


def make_log(path: Path, meta: Mapping[str, str]) -> None:
    """A log without records that is taken for another one: with what that says of itself. Raises as `open_log`."""
    _make(path, statements.MAKE_LOG, meta)


def open_state(path: Path) -> sqlite3.Connection:
    """The reader's own file at `path`, made if there is none. Raises LogUnusable or LogUnavailable."""
    if not path.exists():
        _make(path, statements.MAKE_STATE, {"kind": _STATE})
    return _open(path, _STATE)


def settle(connection: sqlite3.Connection, path: Path) -> None:
    """Bring all that the journal holds into the file itself. For whoever opens a log to write, or to consume it.

    After a crash, or a sync that failed, the journal can hold what was read back from the page cache but is
    not on the disk, and the kernel does not report that twice. What is appended behind it would be lost with
    it, and what is consumed of it would be another record after a power cut.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > deadline:
            raise LogUnavailable(f"{path}: other processes did not let go of it for {BUSY_SECONDS:.0f} s")
        time.sleep(0.01)


def log_id_of(connection: sqlite3.Connection) -> str:
    """The UUID that was made with the log."""
    return _meta(connection)["log_id"]


def _meta(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute(statements.META).fetchall())


def _make(path: Path, script: str, meta: Mapping[str, str]) -> None:
    # Under another name first, and then linked: nobody ever sees half a log, and of two who make one at
    # the same time one wins and both open that.
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.new-")
    except OSError as error:
        raise LogUnusable(
            f"{path}: cannot be made ({error.strerror}); the folder must exist and be writable"
        ) from error
    os.close(handle)
    try:
        connection = sqlite3.connect(name, isolation_level=None)
        try:
            connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            # A log that is pruned gives its room back in small steps; it has to be chosen before the first table.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(script)
            connection.executemany(statements.PUT_META, {**meta, "version": str(statements.VERSION)}.items())
        finally:
            connection.close()
        try:
            os.link(name, path)
        except FileExistsError:
            return
        sync_folder(path.parent)
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except OSError as error:
        raise LogUnavailable(f"{path}: cannot be made ({error.strerror})") from error
    finally:
        for leftover in (name, f"{name}-wal", f"{name}-shm"):
            Path(leftover).unlink(missing_ok=True)


def _open(path: Path, kind: str) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_SECONDS,
        )
    except sqlite3.Error as error:
        raise explain(error, path) from error
    try:
        _check(connection, path, kind)
        connection.execute("PRAGMA synchronous = FULL")
        # Pruned bodies are personal data: overwritten, which costs nothing that can be measured.
        connection.execute("PRAGMA secure_delete = ON").fetchall()
        connection.execute(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}").fetchall()
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}").fetchall()
    except sqlite3.Error as error:
        connection.close()
        raise explain(error, path) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, path: Path, kind: str) -> None:
    try:
        meta = _meta(connection)
        version = int(meta["version"])
    except (KeyError, ValueError) as error:
        raise _foreign(path, kind) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # No such table, no such column.
            raise _foreign(path, kind) from error
        raise
    if meta.get("kind") != kind:
        raise _foreign(path, kind)
    if version > statements.VERSION:
        raise LogUnusable(
            f"{path}: made by a newer delivrd (format {version}, this one knows {statements.VERSION}); "
            "install that version again, or a later one"
        )


def _foreign(path: Path, kind: str) -> LogUnusable:
    return LogUnusable(f"{path}: is not {kind} of delivrd; move it away, or name another data folder")
