"""A whole delivrd on a data folder of its own, driven as its users drive it: the command line, HTTP, and signals."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
from click.testing import CliRunner

from delivrd.cli import main
from delivrd.parts import reader, store
from delivrd.running import Up
from pipeline.filesystem import is_locked
from pipeline.settings import Folder, Settings, SettingsError, load
from pipeline.warehouse import Warehouse
from pipeline.warehouse.errors import WarehouseError
from tests.services import free_ports
from tests.support.leaks import leaks, secrets_of, stored_leaks
from tests.support.waiting import until

PARTS = ("intake", "worker", "engine")


class Installation:
    """Commands run as processes. The ports stay the same over all starts."""

    def __init__(self, data: Path, settings: str | None = None, output: Path | None = None) -> None:
        """`settings` is the text of `delivrd.toml`; without it the first start writes one.

        `output` gets what `delivrd up` prints; without it, that is a file beside the data folder.
        """
        self.folder = Folder(data)
        self.port, self.console_port = free_ports(2)
        self.environment: dict[str, str] = {}
        """What its commands get beside the data folder."""
        self.met: set[str] = set()
        """Further secrets, which were given out while it ran."""
        self._output = output or data.with_name(f"{data.name}.out")
        self._process: subprocess.Popen[bytes] | None = None
        self._seen = 0
        if settings is not None:
            self.configure(settings)

    @property
    def _env(self) -> dict[str, str]:
        return {**_environment(), "DELIVRD_DATA": str(self.folder.root), **self.environment}

    def configure(self, settings: str) -> None:
        """Write `delivrd.toml`; takes effect at the next start or reload."""
        self.folder.root.mkdir(exist_ok=True)
        self.folder.config.write_text(settings, encoding="utf-8")

    # --- starting and ending

    def start(self, *, wait: bool = True) -> None:
        """`delivrd up`; returns when it said that it is ready."""
        self._seen = len(self.output())
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [*DELIVRD, "up", "--port", str(self.port), "--console-port", str(self.console_port)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._env,
                start_new_session=True,
            )
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        """Until the running start has said that it is ready."""
        process = self._running()

        def ready() -> bool:
            assert process.poll() is None, f"`delivrd up` ended:\n{self.output()[self._seen :]}"
            return "is ready" in self.output()[self._seen :]

        until(ready, f"ready, after\n{self.output()[self._seen :]}")

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it as Ctrl-C does; its exit code."""
        process, self._process = self._running(), None
        process.send_signal(number)
        return process.wait(60)

    def kill_supervisor(self) -> None:
        """`kill -9`; what it started ends by itself, and the next start waits for that."""
        process, self._process = self._running(), None
        process.kill()
        process.wait()

    def signal(self, part: str, number: signal.Signals) -> int:
        """Send a signal to one of PARTS; its process id."""
        pid = self.pid(part)
        os.kill(pid, number)
        return pid

    def kill(self, part: str) -> None:
        """`kill -9` one of PARTS; returns when another one has taken its place."""
        old = self.signal(part, signal.SIGKILL)
        until(lambda: self.pid(part) != old, f"the {part} is started again")

    def pid(self, part: str) -> int:
        """The process of one of PARTS, as the supervisor wrote it down."""
        return msgspec.json.decode(self.folder.up.read_bytes(), type=Up).parts[part].pid

    def end(self) -> None:
        """Leave nothing behind, whatever became of it."""
        if self._process is not None and self._process.poll() is None:
            for part in PARTS:
                try:
                    os.kill(self.pid(part), signal.SIGCONT)
                except (OSError, KeyError):
                    continue
            self.assert_nothing_stored_leaks()
            self._process.kill()
            self._process.wait()
        self._process = None
        until(lambda: not is_locked(self.folder.lock), "all processes have ended")
        self.assert_nothing_leaked()

    def assert_nothing_leaked(self) -> None:
        """Whatever the test was about: nothing that is written down has a secret in it."""
        found = leaks(self.folder, self.secrets(), self._output)
        assert found == [], f"secrets stand in {found}"

    def assert_nothing_stored_leaks(self) -> None:
        """The same of the warehouse, where it is there still."""
        try:
            with closing(self.writer()) as warehouse:
                found = stored_leaks(warehouse, self.secrets()) if warehouse.ping() else []
        except (OSError, SettingsError, WarehouseError):  # that is what the test did to it
            return
        assert found == [], f"secrets stand in the tables {found}"

    def secrets(self) -> set[str]:
        """All that it was configured with, and was given meanwhile."""
        return secrets_of(self.folder) | self.met

    def output(self) -> str:
        """All that `delivrd up` has printed so far."""
        return self._output.read_text(encoding="utf-8") if self._output.exists() else ""

    # --- asking

    def run(self, *arguments: str, code: int | None = 0) -> subprocess.CompletedProcess[bytes]:
        """A command on this folder; fails where it ends with another exit code. None allows any.

        It runs within this process, which saves its start: for one thread at a time.
        """
        assert threading.current_thread() is threading.main_thread(), "its output is that of the whole process"
        leading = {"DELIVRD_DATA": str(self.folder.root), **self.environment}
        done = CliRunner().invoke(main, arguments, env={**dict.fromkeys(_leading_elsewhere()), **leading})
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        ended = subprocess.CompletedProcess(arguments, done.exit_code, done.stdout_bytes, done.stderr_bytes)
        return self._looked_at(ended, arguments, code)

    def run_apart(self, *arguments: str, code: int | None = 0) -> subprocess.CompletedProcess[bytes]:
        """The same as a process of its own, as its users have it."""
        done = subprocess.run(
            [*DELIVRD, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=self._env,
            timeout=120,
            check=False,
        )
        return self._looked_at(done, arguments, code)

    def _looked_at(
        self, done: subprocess.CompletedProcess[bytes], arguments: Sequence[str], code: int | None
    ) -> subprocess.CompletedProcess[bytes]:
        """What no command may do, whatever it was asked for."""
        said = f"delivrd {' '.join(arguments)} ended with {done.returncode}: {done.stdout!r} {done.stderr!r}"
        assert code is None or done.returncode == code, f"{said}; {self.output()[-4000:]}"
        assert b"Traceback" not in done.stderr, said
        if arguments[0] != "urls":
            assert not [secret for secret in secrets_of(self.folder) if secret.encode() in done.stdout + done.stderr]
        return done

    def begin(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """A command that is not waited for, and says nothing."""
        quiet = subprocess.DEVNULL
        return subprocess.Popen([*DELIVRD, *arguments], stdin=quiet, stdout=quiet, stderr=quiet, env=self._env)

    def run_here(self, *arguments: str, code: int = 0) -> bytes:
        """The output of a command."""
        return self.run(*arguments, code=code).stdout

    def sql(self, query: str) -> list[dict[str, Any]]:
        """The rows of `delivrd sql`, by the names of their columns."""
        lines = self.run_here("sql", query, "--format", "JSONEachRow").splitlines()
        return [json.loads(line) for line in lines]

    def audit(self, *, complete: bool = True) -> dict[str, Any]:
        """What `delivrd audit --json` says, after waiting for what is pending."""
        told = self.run_here("audit", "--wait", "60", "--json", code=0 if complete else 1)
        found: dict[str, Any] = json.loads(told)
        assert found["complete"] is complete, (found, self.output()[-4000:])
        return found

    def urls(self) -> dict[str, str]:
        """The webhook URL of each source, from `delivrd urls --json`."""
        return {one["source"]: one["url"] for one in json.loads(self.run("urls", "--json").stdout)}

    def writer(self) -> Warehouse:
        """The consumer's own way to the storage: for tests that do what nobody should."""
        return store(self.settings())

    def reader(self) -> Warehouse:
        """The reader's way, for looks in quick succession."""
        return reader(self.settings())

    def settings(self) -> Settings:
        """As its commands see them, while it runs."""
        overrides = msgspec.json.decode(self.folder.up.read_bytes(), type=Up).overrides
        return load(self.folder.root, env=overrides)

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "it was not started"
        return self._process


DELIVRD = (sys.executable, "-m", "delivrd")


@contextmanager
def installed(data: Path, settings: str | None = None, output: Path | None = None) -> Iterator[Installation]:
    """A running installation; nothing of it is left at the end."""
    installation = Installation(data, settings, output)
    try:
        installation.start()
        yield installation
    finally:
        installation.end()


# Each request on a connection of its own, as most providers send them. To make a client takes longer than a request.
_client = httpx.Client(timeout=30, limits=httpx.Limits(max_keepalive_connections=0), trust_env=False)


def post(url: str, body: bytes, **headers: str) -> httpx.Response:
    """One request of a provider. May be called by many threads at once."""
    return _client.post(url, content=body, headers={"content-type": "application/json", **headers})


def _environment() -> dict[str, str]:
    """Ours, without what would lead delivrd elsewhere."""
    return {name: value for name, value in os.environ.items() if name not in _leading_elsewhere()}


def _leading_elsewhere() -> set[str]:
    return {name for name in os.environ if name.startswith(("DELIVRD_", "PROMETHEUS_"))}
