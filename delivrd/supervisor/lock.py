"""One start on one data folder."""

import fcntl
import os
import time
from collections.abc import Callable

from delivrd.errors import Trouble
from pipeline.settings.folder import Folder

WAIT_SECONDS = 15.0
_PAUSE = 0.05


def take(folder: Folder, say: Callable[[str], None], wait: float = WAIT_SECONDS) -> int:
    """Lock the folder and write our pid into the lock; returns the open file, which children may inherit.

    Two locks on one file. The first lasts as long as any process has the file open, children included; the
    second belongs to this process alone, and so tells whether a supervisor lives or what it left behind is
    still ending. For the latter we wait, `wait` seconds at most. Raises Trouble where another start holds it.
    """
    folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(folder.lock, os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + wait
    said = False
    while not _holds(fcntl.flock, file):
        if not _holds(fcntl.lockf, file):
            owner = os.pread(file, 20, 0).decode()
            os.close(file)
            raise Trouble(
                f"delivrd runs on {folder.root} already (pid {owner}). Stop that one (kill {owner}), "
                "or start this one on another folder with --data."
            )
        fcntl.lockf(file, fcntl.LOCK_UN)
        if time.monotonic() > end:
            os.close(file)
            raise Trouble(f"What is left of an earlier start holds {folder.lock} still; see: fuser {folder.lock}")
        if not said:
            say("an earlier start was killed; waiting for what is left of it to end")
            said = True
        time.sleep(_PAUSE)
    fcntl.lockf(file, fcntl.LOCK_EX)
    os.ftruncate(file, 0)
    os.pwrite(file, str(os.getpid()).encode(), 0)
    return file


def _holds(lock: Callable[[int, int], None], file: int) -> bool:
    """Whether the lock could be had."""
    try:
        lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
