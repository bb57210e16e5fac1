"""What the launcher takes for granted about the engine's wheel. Red here after an upgrade: read `pipeline/engine`."""

import importlib.metadata
import socket
import tomllib
import urllib.request
from pathlib import Path

from tests.services import READER_PASSWORD, Engine, answers

VERIFIED = "26.9.0"


def test_the_wheel_is_the_one_that_the_launcher_was_verified_with() -> None:
    assert importlib.metadata.version("chdb-core") == VERIFIED
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert project["project"]["optional-dependencies"]["embedded"] == [f"chdb-core=={VERIFIED}"]


def test_both_listeners_are_real(engine: Engine) -> None:
    assert answers(engine.http_port)
    writer = engine.writer()
    listening = writer.query("SELECT getServerPort('http_port'), getServerPort('tcp_port')")
    writer.close()
    assert listening == [(engine.http_port, engine.tcp_port)]
    with socket.create_connection(("127.0.0.1", engine.tcp_port)):
        pass


def test_answers_without_a_format_are_tab_separated(engine: Engine) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{engine.http_port}/", data=b"SELECT 1, 'a\tb'")
    request.add_header("X-ClickHouse-User", "reader")
    request.add_header("X-ClickHouse-Key", READER_PASSWORD)
    with urllib.request.urlopen(request) as response:
        assert response.read() == b"1\ta\\tb\n"
