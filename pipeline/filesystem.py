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
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        if within is None:
            fcntl.flock(file, how)
        else:
            _wait_for(file, how, within)
        yield
    finally:
        os.close(file)


def _wait_for(file: int, how: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            return fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TimeoutError from None
        time.sleep(_PAUSE)


def sync_folder(folder: Path) -> None:
    """The names in it are durable at return. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
