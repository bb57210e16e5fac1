"""Real services for tests: each test, or each test process, its own, on free ports and in folders of its own."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from pipeline.engine.config import write_config
from pipeline.engine.process import engine_command
from pipeline.servers import STORE, on_this_machine
from pipeline.warehouse import Warehouse
from pipeline.warehouse.migrations import migrate
from pipeline.warehouse.rollups import DAYS, HOURS, rebuild
from tests.support.leaks import secret
from tests.support.waiting import until

WRITER_PASSWORD = secret("writer's pa55 <&> word")
READER_PASSWORD = secret("reader's pa55 <&> word")
MEMORY = 2 * 1024**3


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def answers(http_port: int) -> bool:
    """Whether an engine answers on `http_port`."""
    try:
        return httpx.get(f"http://127.0.0.1:{http_port}/ping", timeout=2, trust_env=False).text == "Ok.\n"
    except httpx.TransportError:
        return False


class Engine(msgspec.Struct):
    """An engine and its folder. It can be killed and started again on the same data."""

    folder: Path
    http_port: int
    tcp_port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "output.txt").open("ab") as output:
            process = subprocess.Popen(engine_command(self.folder), stdout=output, stderr=output, env=_environment())
        self.process = process
        try:
            until(lambda: answers(self.http_port) or process.poll() is not None, "the engine answers")
            assert process.poll() is None, self.output()
        except BaseException:
            process.kill()
            process.wait()
            raise

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """End it in order; its exit code."""
        return self._end(signal.SIGTERM)

    def writer(self) -> Warehouse:
        """A new way to its storage."""
        return Warehouse(on_this_machine(self.http_port), "writer", WRITER_PASSWORD, STORE)

    def reader(self) -> Warehouse:
        """A new way to its public views."""
        return Warehouse(on_this_machine(self.http_port), "reader", READER_PASSWORD, "delivrd")

    def output(self) -> str:
        """What it printed."""
        return (self.folder / "output.txt").read_text()

    def _end(self, number: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(number)
        code = self.process.wait(20)
        self.process = None
        return code


def new_engine(folder: Path, memory: int = MEMORY) -> Engine:
    """An engine with its configuration in `folder`, not started."""
    http_port, tcp_port = free_ports(2)
    write_config(
        folder,
        http_port=http_port,
        tcp_port=tcp_port,
        writer_password=WRITER_PASSWORD,
        reader_password=READER_PASSWORD,
        memory_bytes=memory,
    )
    return Engine(folder, http_port, tcp_port)


def empty(warehouse: Warehouse) -> None:
    """Take every row out of the storage, so that one engine can serve many tests."""
    local = warehouse.servers.local
    for server in warehouse.each():
        _order("STOP", server)
        for (name,) in server.query(
            "SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree' "
            "AND name != 'migrations'",
            {"database": local},
        ):
            server.command(f"TRUNCATE TABLE {local}.{name}")
        _order("START", server)


def work_out(warehouse: Warehouse) -> None:
    """Bring the figures by hour and day up to date now."""
    assert list(rebuild(warehouse))[-1] == 0


def _order(order: str, server: Warehouse) -> None:
    """The views that work by the clock write nothing while they are stopped."""
    local = server.servers.local
    for view in (HOURS, DAYS):
        server.command(f"SYSTEM {order} VIEW {local}.{view}")
    if order == "STOP":
        running = "SELECT count() FROM system.view_refreshes WHERE database = {local:String} AND status = 'Running'"
        until(lambda: server.query(running, {"local": local}) == [(0,)], "no view works")


def merge(warehouse: Warehouse, *tables: str) -> None:
    """Do at once the merges that the tables will see some day."""
    for server in warehouse.each():
        for table in tables:
            server.command(f"OPTIMIZE TABLE {server.servers.local}.{table} FINAL")


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One running engine with its schema, for all tests of a process that leave it as it is."""
    running = new_engine(tmp_path_factory.mktemp("engine"))
    running.start()
    migrate(running.writer())
    yield running
    running.kill()


@pytest.fixture
def warehouse(engine: Engine) -> Iterator[Warehouse]:
    """The writer's way to the storage of the shared engine, which holds no rows."""
    writer = engine.writer()
    empty(writer)
    yield writer
    writer.close()


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "DELIVRD_PARENT_FD"}
