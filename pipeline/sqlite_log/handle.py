"""A connection that is thrown away when its file failed, and opened anew at the next use."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.log import LogUnavailable
from pipeline.sqlite_log.errors import explain, is_storage_error


class Handle:
    """One connection to the file at `path`. For one thread at a time."""

    def __init__(self, path: Path, opener: Callable[[Path], sqlite3.Connection]) -> None:
        self.path = path
        self._opener = opener
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        """The connection. Raises LogFull, LogUnavailable or LogUnusable, with nothing left half done.

        After a failure the connection goes, since what it still holds of a failed sync is worth nothing.
        """
        try:
            connection = self._current()
            yield connection
        except sqlite3.Error as error:
            if is_storage_error(error):
                self.close()
                raise explain(error, self.path) from error
            self._roll_back()
            raise
        except OSError as error:
            self.close()
            raise LogUnavailable(f"{self.path}: {error.strerror}") from error
        except BaseException:
            self._roll_back()
            raise

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _current(self) -> sqlite3.Connection:
        # A file that was moved or deleted takes writes as if nothing had happened, and loses them.
        if self._connection is not None and self._file != _identity(self.path):
            self.close()
        if self._connection is None:
            self._connection = self._opener(self.path)
            self._file = _identity(self.path)
        return self._connection

    def _roll_back(self) -> None:
        if self._connection is not None and self._connection.in_transaction:
            self._connection.rollback()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
