"""One start on one folder: who lives is not disturbed, who died is waited for."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from delivrd.errors import Trouble
from delivrd.supervisor.lock import take
from pipeline.filesystem import is_locked
from pipeline.settings import Folder

HOLD = """
import os, pathlib, signal, subprocess, sys
from delivrd.supervisor.lock import take
from pipeline.settings import Folder
file = take(Folder(pathlib.Path(sys.argv[1])), print)
child = subprocess.Popen(["sleep", "600"], pass_fds=[file], stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
signal.pause()
"""


def test_a_live_holder_is_named_and_a_dead_ones_children_are_waited_for(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    with subprocess.Popen([sys.executable, "-c", HOLD, str(folder.root)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        child = int(holder.stdout.readline())
        assert is_locked(folder.lock)
        with pytest.raises(Trouble, match=f"{holder.pid}") as refused:
            take(folder, lambda _: None)
        assert str(folder.root) in str(refused.value)
        os.kill(holder.pid, signal.SIGKILL)
        os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)  # dead, and not yet counted

        with pytest.raises(Trouble, match="left of an earlier start"):
            take(folder, lambda _: None, wait=0)
        said: list[str] = []

        def say(text: str) -> None:
            said.append(text)
            os.kill(child, signal.SIGKILL)

        file = take(folder, say)
    assert len(said) == 1
    assert folder.lock.read_text() == str(os.getpid())
    os.close(file)
    assert not is_locked(folder.lock)


def test_looking_at_the_lock_takes_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert not is_locked(folder.lock)
    file = take(folder, lambda _: None)
    assert is_locked(folder.lock)
    assert is_locked(folder.lock)
    with folder.lock.open("rb") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(file)
