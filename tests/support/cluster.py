"""delivrd on Kafka and on a ClickHouse of its own, driven like any other installation.

Each part is a process of its own, configured by one file and the environment. A test has the same words for it as for
`delivrd up`: what starts the parts again when they die is here, as elsewhere it is the machine's service manager.
"""

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx

from delivrd.serving import Loaded, read_loaded
from pipeline.settings import Settings, load
from pipeline.settings.first import add_secrets, write_first
from tests.kafka.brokers import Cluster
from tests.services import READER_PASSWORD, WRITER_PASSWORD, free_ports, new_engine
from tests.support.installation import DELIVRD, PARTS, Installation
from tests.support.kept import Kept
from tests.support.leaks import leaks
from tests.support.waiting import until

COMMANDS = {"intake": "receiver", "worker": "consumer"}
PARTITIONS = 4
SESSION = 2
"""Seconds until the partitions of a killed consumer are given to another."""


class ClusterInstallation(Installation):
    """One receiver and one consumer on the brokers' topic `topic`, and a ClickHouse for them alone."""

    def __init__(self, data: Path, brokers: Cluster, topic: str) -> None:
        super().__init__(data)
        self.engine = new_engine(data.with_name(f"{data.name}-clickhouse"))
        self.private_ports = dict(zip(COMMANDS, (*free_ports(1), self.console_port), strict=True))
        self.environment = {
            "DELIVRD_RECEIVER_PORT": str(self.port),
            "DELIVRD_CONSOLE_PORT": str(self.console_port),
            "DELIVRD_LOG_URL": f"kafka://{','.join(brokers.servers)}/{topic}",
            "DELIVRD_LOG_GROUP": topic,
            "DELIVRD_LOG_PARTITIONS": str(PARTITIONS),
            "DELIVRD_LOG_REPLICATION": str(brokers.size),
            "DELIVRD_LOG_MIN_INSYNC": str(brokers.size // 2 + 1),
            "DELIVRD_LOG_SESSION": str(SESSION),
            # On a busy machine a broker may be slow; what is spooled then stands in the log twice, as a repeat.
            "DELIVRD_LOG_ACKNOWLEDGE": "10",
            "DELIVRD_WAREHOUSE_URL": f"clickhouse://writer@127.0.0.1:{self.engine.http_port}/delivrd",
            "DELIVRD_WAREHOUSE_WRITER_PASSWORD": WRITER_PASSWORD,
            "DELIVRD_WAREHOUSE_READER_PASSWORD": READER_PASSWORD,
        }
        self._kept: dict[str, Kept] = {}
        self._brokers, self._topic = brokers, topic
        self.met = {WRITER_PASSWORD, READER_PASSWORD}

    def start(self, *, wait: bool = True) -> None:
        """Each part."""
        self.prepare()
        for part, command in COMMANDS.items():
            self.join(part, command)
        if wait:
            self.wait_ready()

    def prepare(self) -> None:
        """All that the parts need: settings and secrets, the warehouse and its tables."""
        write_first(self.folder)
        add_secrets(self.folder, env={})
        if "engine" not in self._kept:
            self._kept["engine"] = Kept(self._start_engine)
        until(lambda: self.run("migrate", code=None).returncode == 0, "the tables are there")

    def wait_ready(self) -> None:
        """Until each part says that it is ready."""
        for part in self._kept.keys() - {"engine"}:
            try:
                until(partial(self._is_ready, part), f"the {part} is ready")
            except AssertionError as error:
                raise AssertionError(f"{error}: {self.problem(part)}; {self.output()[-4000:]}") from None

    def _is_ready(self, part: str) -> bool:
        return not self.problem(part)

    def join(self, part: str, command: str, before: Sequence[str] = (), **environment: str) -> None:
        """One more process beside the others; `environment` is its alone, and `before` what its command begins with."""
        port = self.private_ports.get(part) or free_ports(1)[0]
        self.private_ports[part] = port
        own = {**environment, "DELIVRD_CONSOLE_PORT": str(port)}
        self._kept[part] = Kept(partial(self._start, [*before, *DELIVRD, command], own))

    def leave(self, part: str, number: signal.Signals = signal.SIGTERM) -> int:
        """One of the processes ends, and is not started again; its exit code."""
        return self._kept.pop(part).stop(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End the parts, the accepting one first, and the warehouse by its SIGTERM; the worst exit code."""
        codes = [self.leave(part, number if part in COMMANDS else signal.SIGTERM) for part in PARTS]
        return max(map(abs, codes))

    def kill_supervisor(self) -> None:
        """`kill -9` of all parts of delivrd; Kafka and ClickHouse go on."""
        for part in COMMANDS:
            self.leave(part, signal.SIGKILL)

    def problem(self, part: str) -> str:
        """Why a process is not ready, as its private port tells it; empty where it is."""
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.private_ports[part]}/readyz", trust_env=False)
        except httpx.TransportError:
            return "it does not answer"
        return "" if answer.status_code == 200 else str(answer.json()["reason"])

    def figure(self, part: str, name: str) -> float:
        """The sum of a metric of a process."""
        lines = httpx.get(f"http://127.0.0.1:{self.private_ports[part]}/metrics", trust_env=False).text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))

    def pid(self, part: str) -> int:
        """The process of one of PARTS."""
        return self._kept[part].process.pid

    def end(self) -> None:
        """Leave nothing behind."""
        self.assert_nothing_stored_leaks()
        for kept in self._kept.values():
            kept.stop(signal.SIGKILL)
        self.assert_nothing_leaked()

    def assert_nothing_leaked(self) -> None:
        """Nor in the warehouse's files, nor in what the brokers have of its topic."""
        super().assert_nothing_leaked()
        found = leaks(self.folder, self.secrets(), self.engine.folder, *self._brokers.files(self._topic))
        assert found == [], f"secrets stand in {found}"

    def run(self, *arguments: str, code: int | None = 0) -> "subprocess.CompletedProcess[bytes]":
        """A command. To reload means to tell each part, as there is nobody who knows them all."""
        if arguments != ("reload",):
            return super().run(*arguments, code=code)
        done = super().run("check", code=code)
        if done.returncode == 0:
            add_secrets(self.folder, env={})
            for part in COMMANDS:
                before = read_loaded(self.folder, part)
                self.signal(part, signal.SIGHUP)
                until(partial(self._has_loaded, part, before), f"the {part} takes the settings over")
        return subprocess.CompletedProcess(arguments, done.returncode, done.stdout, done.stdout + done.stderr)

    def _has_loaded(self, part: str, before: Loaded | None) -> bool:
        return read_loaded(self.folder, part) != before

    def _start(self, command: list[str], own: dict[str, str]) -> "subprocess.Popen[bytes]":
        with self._output.open("ab") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**self._env, **own},
            )

    def _start_engine(self) -> "subprocess.Popen[bytes]":
        self.engine.start()
        assert self.engine.process
        return self.engine.process

    def settings(self) -> Settings:
        """As its commands see them."""
        return load(self.folder.root, env=self.environment)


@contextmanager
def installed_on_cluster(data: Path, brokers: Cluster, topic: str) -> Iterator[ClusterInstallation]:
    """A running installation on these brokers; nothing of it is left at the end but its topic."""
    installation = ClusterInstallation(data, brokers, topic)
    try:
        installation.start()
        yield installation
    finally:
        installation.end()
