"""The engine starts, says why it does not, keeps its rows through a crash, and dies with its parent."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from pipeline.engine.process import SETUP_EXIT, engine_command
from pipeline.servers import on_this_machine
from pipeline.warehouse import Warehouse
from tests.services import WRITER_PASSWORD, Engine, answers, new_engine
from tests.support.waiting import until

PARENT = """
import os, subprocess, sys
reading, _writing = os.pipe()
environment = {**os.environ, "DELIVRD_PARENT_FD": str(reading)}
engine = subprocess.Popen(sys.argv[1:], pass_fds=[reading], env=environment, stdout=subprocess.DEVNULL)
print(engine.pid, flush=True)
engine.wait()
"""


@pytest.fixture
def stopped(tmp_path: Path) -> Engine:
    return new_engine(tmp_path / "engine")


def run(engine: Engine, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        engine_command(engine.folder),
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
        env=os.environ | environment,
    )


def refusal(engine: Engine, **environment: str) -> str:
    """What an engine says that does not start, and may not be started again."""
    result = run(engine, **environment)
    assert result.returncode == SETUP_EXIT
    assert "Traceback" not in result.stderr
    return result.stderr


def test_it_ends_cleanly_on_sigterm_and_answers_no_more(stopped: Engine) -> None:
    stopped.start()
    assert stopped.stop() == 0
    assert not answers(stopped.http_port)


def test_rows_and_tokens_outlive_a_crash(stopped: Engine) -> None:
    stopped.start()
    writer = Warehouse(on_this_machine(stopped.http_port), "writer", WRITER_PASSWORD, "default")
    writer.command("CREATE DATABASE delivrd_store")
    writer.command(
        "CREATE TABLE delivrd_store.t (a UInt64) ENGINE = MergeTree ORDER BY a "
        "SETTINGS non_replicated_deduplication_window = 10"
    )
    writer.insert("delivrd_store.t", {"a": [1, 2]}, "first")
    stopped.kill()
    stopped.start()
    writer.insert("delivrd_store.t", {"a": [1, 2]}, "first")
    writer.insert("delivrd_store.t", {"a": [3]}, "second")
    assert writer.query("SELECT a FROM delivrd_store.t ORDER BY a") == [(1,), (2,), (3,)]
    writer.close()
    stopped.kill()


def test_a_folder_in_use_is_said(stopped: Engine, tmp_path: Path) -> None:
    stopped.start()
    other = new_engine(tmp_path / "other")
    (other.folder / "data").symlink_to(stopped.folder / "data")
    assert "in use by another engine" in refusal(other)
    stopped.kill()


@pytest.mark.parametrize("name", ["http_port", "tcp_port"])
def test_a_port_that_is_taken_is_said(stopped: Engine, name: str) -> None:
    port = getattr(stopped, name)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert f"port {port} on 127.0.0.1 is taken" in refusal(stopped)


def test_a_missing_wheel_is_said_with_what_to_install(stopped: Engine, tmp_path: Path) -> None:
    (tmp_path / "chdb.py").write_text("raise ImportError('No module named chdb')\n")
    path = os.pathsep.join([str(tmp_path), str(Path.cwd())])
    assert "pip install 'delivrd[embedded]'" in refusal(stopped, PYTHONPATH=path)


def test_a_missing_configuration_is_said(stopped: Engine) -> None:
    (stopped.folder / "config.xml").unlink()
    assert "cannot read" in refusal(stopped)


def test_a_configuration_that_the_engine_rejects_is_said(stopped: Engine) -> None:
    users = stopped.folder / "users.xml"
    users.write_text(users.read_text().replace("<queries>3</queries>", "<queries>three</queries>"))
    result = run(stopped)
    assert result.returncode == 1
    assert "the engine ended: " in result.stderr
    assert "three" in result.stderr


def test_it_dies_with_its_parent(stopped: Engine) -> None:
    command = [sys.executable, "-c", PARENT, *engine_command(stopped.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as parent:
        assert parent.stdout is not None
        engine = psutil.Process(int(parent.stdout.readline()))
        until(lambda: answers(stopped.http_port), "the engine answers")
        parent.kill()
        engine.wait(30)
    assert not answers(stopped.http_port)


def test_another_engine_gets_the_same_files(tmp_path: Path) -> None:
    assert engine_command(tmp_path, ["clickhouse", "server"]) == [
        "clickhouse",
        "server",
        "--config-file",
        f"{tmp_path}/config.xml",
    ]
