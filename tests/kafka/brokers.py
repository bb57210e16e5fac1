"""Real Kafka brokers for tests: fetched by Maven, formatted, started, hurt, and stopped. No container is needed.

The broker's libraries are kept in a cache folder outside the tree (`DELIVRD_TESTS_CACHE`, by default
`~/.cache/delivrd-tests`), so that only the first run fetches them; and so are their classes as the JVM loads them.
"""

import base64
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support.leaks import secret

VERSION = "4.1.0"
# For a process that is started often and does little: one thread that collects, one compiler, a small heap.
JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
USER = "delivrd"
PASSWORD = secret("only-for-tests")
START_SECONDS = 120.0
SESSION_MS = 3_000
_POM = Path(__file__).parent / "broker" / "pom.xml"


def missing() -> str:
    """Why brokers cannot be started here; empty where they can."""
    wanted = [] if (_libraries() / "complete").exists() else ["mvn"]
    absent = [name for name in ["java", *wanted] if shutil.which(name) is None]
    return f"no {' and no '.join(absent)} on this machine: a real Kafka cannot be started" if absent else ""


class Cluster:
    """One or three brokers on free ports of 127.0.0.1, with controllers of their own (KRaft), under `folder`.

    A `secure` one has a second port besides, for TLS and a login by PLAIN or SCRAM (`USER`, `PASSWORD`); its
    certificate is `certificate`. Clients of a single broker go by the port `advertised` where that is not 0.
    """

    def __init__(
        self, folder: Path, size: int = 1, *, secure: bool = False, advertised: int = 0, jvm: Sequence[str] = ()
    ) -> None:
        self.folder = folder
        self._jvm = jvm
        self.size = size
        self._advertised = advertised
        self.secure_port = _free_port() if secure else 0
        self._ports = [(_free_port(), _free_port()) for _ in range(size)]
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        # A UUID in base64; the first byte keeps it from beginning like an option of the command that takes it.
        self._cluster_id = base64.urlsafe_b64encode(b"k" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
        self._format()

    @property
    def servers(self) -> tuple[str, ...]:
        """`host:port` of every broker, also of those that are down."""
        return tuple(f"127.0.0.1:{self._advertised or port}" for port, _ in self._ports)

    @property
    def port(self) -> int:
        """The first broker's own port."""
        return self._ports[0][0]

    @property
    def certificate(self) -> Path:
        """The secure port's certificate, signed by itself (PEM)."""
        return self.folder / "certificate.pem"

    def start(self, *nodes: int) -> None:
        """Start these brokers (all of them where none is named; numbered from 1), and wait until they answer."""
        for node in nodes or range(1, self.size + 1):
            log = (self._home(node) / "broker.out").open("ab")
            with log:
                self._processes[node] = subprocess.Popen(
                    _java("kafka.Kafka", str(self._home(node) / "server.properties"), jvm=self._jvm),
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=self._home(node),
                )
        for node in nodes or range(1, self.size + 1):
            self._await(node)

    def kill(self, node: int) -> None:
        """End a broker at once, as a power cut would its process."""
        process = self._processes.pop(node)
        process.kill()
        process.wait()

    def freeze(self, node: int) -> None:
        """Stop a broker without closing its connections (SIGSTOP)."""
        self._processes[node].send_signal(signal.SIGSTOP)

    def thaw(self, node: int) -> None:
        """Let a frozen broker go on."""
        self._processes[node].send_signal(signal.SIGCONT)

    def files(self, topic: str) -> list[Path]:
        """What the brokers have on disk of a topic, all of its partitions."""
        return [*self.folder.glob(f"broker-*/data/{topic}-*/*.log")]

    def running(self) -> list[int]:
        """The brokers that were started and not ended."""
        return [node for node, process in self._processes.items() if process.poll() is None]

    def end(self) -> None:
        """End the brokers in order."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait()
        self._processes.clear()

    def stop(self) -> None:
        """End all brokers; what they stored stays."""
        for node in list(self._processes):
            with contextlib.suppress(ProcessLookupError):
                self.kill(node)

    def _home(self, node: int) -> Path:
        return self.folder / f"broker-{node}"

    def _format(self) -> None:
        formatting: list[subprocess.Popen[bytes]] = []
        voters = ",".join(f"{node}@127.0.0.1:{ports[1]}" for node, ports in enumerate(self._ports, 1))
        for node, (port, controller) in enumerate(self._ports, 1):
            home = self._home(node)
            home.mkdir(parents=True)
            lines = [
                "process.roles=broker,controller",
                f"node.id={node}",
                f"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
                f"controller.quorum.voters={voters}",
                "controller.listener.names=CONTROLLER",
                "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
                f"offsets.topic.replication.factor={self.size}",
                "offsets.topic.num.partitions=4",
                f"transaction.state.log.replication.factor={self.size}",
                "transaction.state.log.min.isr=1",
                "group.initial.rebalance.delay.ms=0",
                "group.min.session.timeout.ms=500",
                # A broker that was killed may not come back before its session has ended.
                f"broker.session.timeout.ms={SESSION_MS}",
                f"broker.heartbeat.interval.ms={SESSION_MS // 8}",
                "auto.create.topics.enable=false",
                "controlled.shutdown.enable=false",
                "num.network.threads=2",
                "num.io.threads=4",
                # Else the controller writes a record that says nothing twice a second.
                "metadata.max.idle.interval.ms=0",
                f"log.dirs={home / 'data'}",
            ]
            if self._advertised:
                lines.append(f"advertised.listeners=PLAINTEXT://127.0.0.1:{self._advertised}")
            scram: list[str] = []
            if self.secure_port:
                lines += self._secure_lines(lines)
                scram = [
                    f"--add-scram={mechanism}=[name={USER},password={PASSWORD}]"
                    for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")
                ]
            properties = home / "server.properties"
            properties.write_text("\n".join(lines) + "\n")
            tool = _java("kafka.tools.StorageTool", "format", "-t", self._cluster_id, "-c", str(properties), *scram)
            formatting.append(subprocess.Popen(tool, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=home))
        for process in formatting:
            _, told = process.communicate()
            if process.returncode:
                raise RuntimeError(f"a broker's folder cannot be formatted: {told.decode()}")

    def _secure_lines(self, plain: list[str]) -> list[str]:
        """The settings of a second listener, which come after the `plain` ones and replace some of them."""
        store = self.folder / "broker.p12"
        key = ["keytool", "-alias", "broker", "-storetype", "PKCS12", "-keystore", str(store), "-storepass", PASSWORD]
        made = ["-genkeypair", "-keyalg", "RSA", "-validity", "2", "-dname", "CN=127.0.0.1"]
        subprocess.run([*key, *made, "-ext", "SAN=ip:127.0.0.1", "-ext", "bc=ca:true"], check=True, capture_output=True)
        subprocess.run([*key, "-exportcert", "-rfc", "-file", str(self.certificate)], check=True, capture_output=True)
        listener, login = "listener.name.secure", "org.apache.kafka.common.security"
        return [
            next(line for line in plain if line.startswith("listeners=")) + f",SECURE://127.0.0.1:{self.secure_port}",
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL",
            "inter.broker.listener.name=PLAINTEXT",
            "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
            f'{listener}.plain.sasl.jaas.config={login}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";',
            f"{listener}.scram-sha-256.sasl.jaas.config={login}.scram.ScramLoginModule required;",
            f"{listener}.scram-sha-512.sasl.jaas.config={login}.scram.ScramLoginModule required;",
            "ssl.keystore.type=PKCS12",
            f"ssl.keystore.location={store}",
            f"ssl.keystore.password={PASSWORD}",
        ]

    def _await(self, node: int) -> None:
        port = self._ports[node - 1][0]
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._processes[node].poll() is not None:
                raise RuntimeError(f"broker {node} ended at once; see {self._home(node) / 'broker.out'}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            time.sleep(0.05)
        raise RuntimeError(f"broker {node} does not answer; see {self._home(node) / 'broker.out'}")


@contextlib.contextmanager
def cluster(folder: Path, size: int = 1, *, secure: bool = False, advertised: int = 0) -> Iterator[Cluster]:
    """A started cluster that is stopped, and its files removed, at the end."""
    fetch()
    _keep_classes()
    made = Cluster(folder, size, secure=secure, advertised=advertised)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def fetch() -> Path:
    """The folder of the broker's libraries, fetched where they are not there yet (by one process at a time)."""
    folder = _libraries()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            command = ["mvn", "-B", "-q", "-f", str(_POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
            subprocess.run([*command, f"-DoutputDirectory={folder}"], check=True)
            (folder / "complete").touch()
    return folder


def _keep_classes() -> None:
    """Have the JVM keep a broker's classes as it loaded them, once: from there, brokers start in half the time."""
    kept = _classes()
    with kept.with_suffix(".lock").open("w") as lock, tempfile.TemporaryDirectory() as folder:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            new = kept.with_suffix(".new")
            one = Cluster(Path(folder) / "one", jvm=(f"-XX:ArchiveClassesAtExit={new}",))
            one.start()
            one.end()
            new.replace(kept)


def _classes() -> Path:
    """Those of this machine's Java, with these options."""
    java = os.path.realpath(shutil.which("java") or "java")
    return _libraries() / f"classes-{zlib.crc32(' '.join((java, *JVM)).encode()):08x}.jsa"


def _libraries() -> Path:
    cache = os.environ.get("DELIVRD_TESTS_CACHE") or str(Path.home() / ".cache" / "delivrd-tests")
    return Path(cache) / f"kafka-{VERSION}"


def _java(main: str, *arguments: str, jvm: Sequence[str] = ()) -> list[str]:
    options = jvm or (f"-XX:SharedArchiveFile={_classes()}",)
    return ["java", *JVM, *options, "-cp", f"{_libraries()}/*", main, *arguments]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
