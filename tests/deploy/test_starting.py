"""Each command of docker-compose.yml starts by hand, with the environment that stands there.

Only addresses differ: the broker, the engine and the ports are those of the test. The engine has the users and the
settings that the ClickHouse container gets.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.servers import PUBLIC, STORE, on_this_machine
from pipeline.warehouse import Setup, Warehouse
from tests.deploy.compose import DEPLOY, example, of_delivrd
from tests.kafka.brokers import Cluster
from tests.services import Engine, free_ports, new_engine
from tests.support.installation import DELIVRD
from tests.support.waiting import until

SERVICES = of_delivrd()
SECRETS = example()
WRITER, READER = (SECRETS[f"DELIVRD_WAREHOUSE_{user}_PASSWORD"] for user in ("WRITER", "READER"))


@pytest.fixture(scope="module")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine with the container's files over its own; only `default` stays, as the engine starts itself by it."""
    engine = new_engine(tmp_path_factory.mktemp("clickhouse"))
    for folder in ("config.d", "users.d"):
        shutil.copytree(DEPLOY / "clickhouse" / folder, engine.folder / folder)
    (engine.folder / "users.d" / "no-default.xml").unlink()
    users = (engine.folder / "users.xml").read_text()
    for name in ("writer", "reader"):
        before, _, rest = users.partition(f"        <{name}>\n            <password_sha256_hex>")
        users = before + rest.partition(f"</{name}>\n")[2]
    (engine.folder / "users.xml").write_text(users)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SECRETS.items():
            patch.setenv(name, value)
        engine.start()
    yield engine
    engine.kill()


class Part:
    """One service of docker-compose.yml, started here."""

    def __init__(self, name: str, folder: Path, clickhouse: Engine, broker: Cluster) -> None:
        self.service: dict[str, Any] = SERVICES[name]
        self.public, self.private = free_ports(2)
        given = dict(self.service["environment"])
        given["DELIVRD_LOG_URL"] = f"kafka://{','.join(broker.servers)}/compose-{os.getpid()}"
        given["DELIVRD_WAREHOUSE_URL"] = given["DELIVRD_WAREHOUSE_URL"].replace(
            "clickhouse:8123", f"127.0.0.1:{clickhouse.http_port}"
        )
        given |= {
            "DELIVRD_DATA": str(folder / name),
            "DELIVRD_CONFIG": str(DEPLOY / "delivrd.toml"),
            "DELIVRD_RECEIVER_PORT": str(self.public),
            "DELIVRD_CONSOLE_PORT": str(self.private),
            "DELIVRD_LOG_REPLICATION": "1",
            "DELIVRD_LOG_MIN_INSYNC": "1",
        }
        self.environment = {**os.environ, **given}

    def start(self) -> "subprocess.Popen[bytes]":
        """Its command."""
        return subprocess.Popen([*DELIVRD, *self.service["command"]], env=self.environment)

    def is_healthy(self) -> bool:
        """What its health check says, on the port that it has here."""
        kind, program, *arguments = self.service["healthcheck"]["test"]
        assert (kind, program) == ("CMD", "python")
        check = [sys.executable, *(text.replace(":8081", f":{self.private}") for text in arguments)]
        return subprocess.run(check, capture_output=True, check=False).returncode == 0


@pytest.mark.timeout(300)
def test_every_part_starts_is_healthy_and_ends(tmp_path: Path, clickhouse: Engine, broker: Cluster) -> None:
    migrate = Part("migrate", tmp_path, clickhouse, broker).start()
    assert migrate.wait(60) == 0
    with contextlib.ExitStack() as stack:
        running = []
        for name in ("receiver-1", "consumer-1", "console"):
            part = Part(name, tmp_path, clickhouse, broker)
            process = part.start()
            stack.callback(process.kill)
            running.append((part, process))
            until(part.is_healthy, f"{name} is healthy")
        receiver = running[0][0]
        secret = SECRETS["DELIVRD_SOURCES_INTEGRAX_BR_WEBHOOK"]
        body = {"messageId": "compose-1", "phone": "5511999999999", "status": "DELIVRD"}
        url = f"http://127.0.0.1:{receiver.public}/v1/webhooks/integrax-br/{secret}"
        until(lambda: httpx.post(url, json=body, trust_env=False).is_success, "a report is accepted")
        reader = Warehouse(on_this_machine(clickhouse.http_port), "reader", READER, PUBLIC)
        stored = "SELECT status FROM messages WHERE message_id = 'compose-1'"
        until(lambda: reader.query(stored) == [("delivered",)], "the report is in the warehouse")
        reader.close()
        for _, process in running:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(30) for _, process in running] == [0, 0, 0]


@pytest.mark.parametrize(
    "statement",
    [
        f"SELECT count() FROM {STORE}.events",
        f"INSERT INTO {STORE}.homes (message) VALUES (1)",
        f"DROP TABLE {PUBLIC}.messages",
        "SELECT * FROM system.processes",
        "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
        "SELECT 1 SETTINGS max_memory_usage = 0",
        "SELECT 1 SETTINGS max_execution_time = 9999",
    ],
)
def test_the_reader_may_only_read_what_is_public(clickhouse: Engine, statement: str) -> None:
    reader = Warehouse(on_this_machine(clickhouse.http_port), "reader", READER, "default")
    with pytest.raises(Setup):
        reader.command(statement)
    reader.close()


def test_the_proxy_takes_its_configuration(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        pytest.skip("there is no nginx here")
    text = (DEPLOY / "proxy.conf").read_text(encoding="utf-8")
    for name in ("receiver-1", "receiver-2"):
        text = text.replace(name, "127.0.0.1")
    (tmp_path / "nginx.conf").write_text(text)
    done = subprocess.run(
        [nginx, "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
