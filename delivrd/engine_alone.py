"""The embedded engine without the rest of delivrd: for a command on a folder where nothing runs."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from delivrd.errors import Trouble
from delivrd.parts import store_client
from pipeline.engine.config import write_config
from pipeline.engine.process import engine_command
from pipeline.parent import PARENT_FD
from pipeline.settings import Settings, load

START_SECONDS = 60.0
END_SECONDS = 30.0
_PAUSE = 0.05


@contextmanager
def engine_alone(settings: Settings) -> Iterator[Settings]:
    """The settings, with the ports of an engine that runs on their data folder until the block ends.

    It ends as well where we are killed. Raises Trouble where it does not start.
    """
    settings = _with_ports(settings)
    warehouse, folder = settings.warehouse, settings.folder.engine
    write_config(
        folder,
        http_port=warehouse.http_port,
        tcp_port=warehouse.tcp_port,
        writer_password=warehouse.writer_password,
        reader_password=warehouse.reader_password,
        memory_bytes=warehouse.memory_bytes,
    )
    said = folder / "said.txt"
    reading, writing = os.pipe()
    try:
        with said.open("wb") as output:
            process = subprocess.Popen(
                engine_command(folder, warehouse.engine_command),
                env={**os.environ, PARENT_FD: str(reading)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(reading,),
                start_new_session=True,
            )
        try:
            _until_ready(settings, process)
            yield settings
        finally:
            _end(process)
            said.unlink(missing_ok=True)
    finally:
        os.close(reading)
        os.close(writing)


def _with_ports(settings: Settings) -> Settings:
    with ExitStack() as held:
        ports = [held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(2)]
    chosen = {"DELIVRD_WAREHOUSE_HTTP_PORT": str(ports[0]), "DELIVRD_WAREHOUSE_TCP_PORT": str(ports[1])}
    return load(settings.data_dir, settings.config, {**os.environ, **chosen}, allow_new_sources=True)


def _until_ready(settings: Settings, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(settings):
        if process.poll() is not None or time.monotonic() > deadline:
            said = (settings.folder.engine / "said.txt").read_text(errors="replace").splitlines() or ["it said nothing"]
            raise Trouble(f"The warehouse's engine does not start: {said[-1]}")
        time.sleep(_PAUSE)


def _answers(settings: Settings) -> bool:
    with store_client(settings) as client:
        return all(server.ping() for server in client.each())


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
