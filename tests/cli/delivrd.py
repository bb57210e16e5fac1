"""The command line as a person uses it: real processes, awaited by what they show."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil

from delivrd.running import Up
from pipeline.settings import Folder

PATIENCE = 60.0


def run(
    *arguments: str, data: Path, env: Mapping[str, str] | None = None, stdin: str = ""
) -> "subprocess.CompletedProcess[str]":
    """One command, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "delivrd", *arguments],
        env=environment(data, env),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def environment(data: Path, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """That of the tests without what they were told themselves."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DELIVRD_")}
    return {**kept, "DELIVRD_DATA": str(data), **(env or {})}


def eventually(what: str, holds: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """What `holds` gives as soon as it is true; fails after `patience` seconds."""
    end = time.monotonic() + patience
    while not (found := holds()):
        assert time.monotonic() < end, f"not within {patience:.0f} s: {what}"
        time.sleep(0.02)
    return found


class Running:
    """A `delivrd up` of the test's own, on free ports."""

    def __init__(self, data: Path, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.folder = Folder(data)
        number = len(list(data.parent.glob(f"{data.name}.*.out")))
        self.output = data.parent / f"{data.name}.{number}.out"
        self.errors = data.parent / f"{data.name}.{number}.err"
        with self.output.open("wb") as out, self.errors.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "delivrd", "up", "--port", "0", "--console-port", "0", *arguments],
                env=environment(data, env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def until_ready(self) -> None:
        """Wait for the line that says so."""
        eventually(
            f"ready; it says: {self.errors.read_text()}", lambda: "delivrd is ready" in self.said() or self.gone()
        )
        assert not self.gone(), self.errors.read_text()

    def gone(self) -> bool:
        """Whether the supervisor has ended."""
        return self.process.poll() is not None

    def said(self) -> str:
        """All that it printed so far."""
        return self.output.read_text()

    @property
    def up(self) -> Up:
        """What it wrote down."""
        return msgspec.json.decode(self.folder.up.read_bytes(), type=Up)

    def pid(self, part: str) -> int:
        """The process of a part."""
        return self.up.parts[part].pid

    def pids(self) -> list[int]:
        """The processes of all parts."""
        return [part.pid for part in self.up.parts.values()]

    def url(self, section: str, path: str) -> str:
        """An address on the `RECEIVER` or the `CONSOLE` port."""
        return f"http://127.0.0.1:{self.up.overrides[f'DELIVRD_{section}_PORT']}{path}"

    def is_ready(self, section: str) -> bool:
        """Whether a port says that it is ready."""
        with contextlib.suppress(httpx.HTTPError):
            status: int = httpx.get(self.url(section, "/readyz")).status_code
            return status == 200
        return False

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it orderly; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def running(data: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Running]:
    """A running delivrd that is ready; nothing of it is left afterwards."""
    started = Running(data, *arguments, env=env)
    try:
        started.until_ready()
        yield started
    finally:
        children = psutil.Process(started.process.pid).children() if not started.gone() else []
        if not started.gone():
            started.process.kill()
            started.process.wait(PATIENCE)
        psutil.wait_procs(children, timeout=PATIENCE)


def exists(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be counted."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


def no_secret_in(text: str, folder: Folder) -> bool:
    """Whether a text is free of every secret of a folder."""
    return not any(secret in text for secret in re.findall(r'"([\w-]{16,})"', folder.secrets.read_text()))
