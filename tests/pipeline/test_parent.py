"""A child ends when its supervisor is gone, in whatever way it went."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from pipeline.parent import PARENT_FD, watch_parent

START = """
import signal, threading
from pipeline.parent import watch_parent
told = threading.Event()
"""
GENTLE = START + "watch_parent(); print('watching', flush=True); signal.pause()"
DEAF = (
    START
    + "signal.signal(signal.SIGTERM, signal.SIG_IGN); watch_parent(grace=0.05); "
    + "print('watching', flush=True); signal.pause()"
)
OTHER = START + "watch_parent(told.set); print('watching', flush=True); told.wait()"


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for end in (reading, writing):
        try:
            os.close(end)
        except OSError:
            continue


@pytest.mark.parametrize(("program", "code"), [(GENTLE, -15), (DEAF, 1), (OTHER, 0)])
def test_the_end_of_the_pipe_ends_the_child(pipe: tuple[int, int], program: str, code: int) -> None:
    reading, writing = pipe
    with subprocess.Popen(
        [sys.executable, "-c", program],
        pass_fds=[reading],
        env={**os.environ, PARENT_FD: str(reading)},
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"watching\n"
        assert child.poll() is None
        os.close(writing)
        assert child.wait(60) == code


def test_without_a_supervisor_nothing_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PARENT_FD, raising=False)
    assert not watch_parent()
