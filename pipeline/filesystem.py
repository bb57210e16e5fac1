"""What several parts need of files: locks, which go with the process that holds them, and names that last."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

_PAUSE = 0.05


def is_locked(path: Path) -> bool:
    """Whether a process holds the lock on a file for itself; a file that is not there, nobody does."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextlib.contextmanager
def locked(path: Path, *, shared: bool = False, within: float | None = None) -> Iterator[None]:
    """Holds the lock on a file as soon as nobody else does, or with others who share it.

    Where it is missing it is made, for its owner alone. Raises TimeoutError where it is not had `within` seconds.
    """
    file = _lock(path, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, within)
    try:
        yield
    finally:
        os.close(file)


def _lock(path: Path, how: int, within: float | None) -> int:
    deadline = None if within is None else time.monotonic() + within
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _wait_for(file, how, deadline)
            if _is_named(path, file):
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)  # who held it has taken its name away: the next one would lock another file


def _wait_for(file: int, how: int, deadline: float | None) -> None:
    while True:
        try:
            return fcntl.flock(file, how if deadline is None else how | fcntl.LOCK_NB)
        except BlockingIOError:
            if deadline is None or time.monotonic() > deadline:
                raise TimeoutError from None
        time.sleep(_PAUSE)


def _is_named(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def sync_folder(folder: Path) -> None:
    """The names in it are durable at return. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
