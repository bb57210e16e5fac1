"""An engine of its own, as `delivrd up` would start it, with the schema and nothing in it."""

import contextlib
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec

from pipeline.engine.config import GIB, write_config
from pipeline.engine.process import engine_command
from pipeline.servers import STORE, on_this_machine
from pipeline.warehouse import Warehouse
from pipeline.warehouse.migrations import migrate

MEMORY = 2 * GIB
"""What the engine may use unless the settings say otherwise."""


class Engine(msgspec.Struct, frozen=True):
    """Where it listens, and its users' password."""

    http_port: int
    password: str

    def writer(self) -> Warehouse:
        """A way to the storage."""
        return Warehouse(on_this_machine(self.http_port), "writer", self.password, STORE)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Engine]:
    """It ends when the block does."""
    http_port, tcp_port = free_ports()
    engine = Engine(http_port, secrets.token_hex())
    write_config(
        folder,
        http_port=engine.http_port,
        tcp_port=tcp_port,
        writer_password=engine.password,
        reader_password=engine.password,
        memory_bytes=MEMORY,
    )
    environment = {name: value for name, value in os.environ.items() if name != "DELIVRD_PARENT_FD"}
    process = subprocess.Popen(engine_command(folder), env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _answers(http_port):
            if process.poll() is not None:
                raise SystemExit("the engine ended by itself")
            time.sleep(0.1)
        writer = engine.writer()
        migrate(writer)
        writer.close()
        yield engine
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ping", trust_env=False).is_success
    except httpx.TransportError:
        return False


def free_ports() -> tuple[int, int]:
    """Two that nobody listens on."""
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
