"""A delivrd of its own: `delivrd up` on free ports in a fresh folder, as a person would start it."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.processes import on_core
from bench.reports import SOURCE
from delivrd.running import read_up
from delivrd.supervisor.ports import choose
from pipeline.settings import Folder, load
from pipeline.settings.first import add_secrets, write_first

PATIENCE = 60.0
"""Seconds after which something that was awaited will not come."""


class Installation:
    """A data folder with its settings, as a first start writes them, and with ports that are free."""

    def __init__(self, root: Path) -> None:
        self.folder = Folder(root)
        write_first(self.folder)
        add_secrets(self.folder)
        self._addresses = choose(load(root, env={"DELIVRD_RECEIVER_PORT": "0", "DELIVRD_CONSOLE_PORT": "0"}))
        self.settings = load(root, env=self._addresses)

    def url(self) -> str:
        """Where the reports of `bench.reports` go."""
        secret = self.settings.sources[SOURCE].webhook_secrets[0]
        return f"http://127.0.0.1:{self.settings.receiver.port}/v1/webhooks/{SOURCE}/{secret}"

    def pids(self) -> dict[str, int]:
        """The processes of a running `delivrd up`: supervisor, intake, engine, worker."""
        up = read_up(self.folder)
        if up is None:
            return {}
        return {"supervisor": up.pid} | {name: part.pid for name, part in up.parts.items()}

    @contextlib.contextmanager
    def up(self) -> Iterator[float]:
        """Everything, from ready to stopped. Gives the seconds it took to be ready."""
        began = time.perf_counter()
        with self._running("up") as process:
            assert process.stdout is not None
            for line in process.stdout:
                if "is ready" in line:
                    break
            else:
                raise SystemExit(f"delivrd up ended before it was ready, with {process.wait()}: {self._errors()}")
            yield time.perf_counter() - began

    @contextlib.contextmanager
    def intake(self, core: int) -> Iterator[int]:
        """The intake alone, bound to a core where that can be done. Gives its process id."""
        with self._running("receiver", core) as process:
            await_that(self._accepts, "the intake to be ready")
            yield process.pid

    @contextlib.contextmanager
    def _running(self, name: str, core: int | None = None) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, "-m", "delivrd", name]
        env = {name: value for name, value in os.environ.items() if not name.startswith(("DELIVRD_", "PROMETHEUS_"))}
        env |= {"DELIVRD_DATA": str(self.folder.root), **self._addresses}
        if core is not None:
            command = on_core(core, command)
        with self._error_file.open("w", encoding="utf-8") as errors:
            process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)

    @property
    def _error_file(self) -> Path:
        return self.folder.root / "bench-errors.txt"

    def _errors(self) -> str:
        return self._error_file.read_text(encoding="utf-8")[-2000:]

    def _accepts(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.settings.receiver.port, timeout=2)
        with contextlib.closing(connection):
            try:
                connection.request("GET", "/readyz")
                return connection.getresponse().status == 200
            except OSError:
                return False


def await_that(condition: Callable[[], bool], what: str, pause: float = 0.02) -> None:
    """Return when the condition holds. Ends the program where it never does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {PATIENCE:.0f} s in vain for {what}")
        time.sleep(pause)
