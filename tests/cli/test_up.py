"""`delivrd up`, with its real processes: start, second start, deaths, end."""

import os
import re
import shlex
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.delivrd import PATIENCE, Running, environment, eventually, exists, no_secret_in, run, running

REPORT = '{"messageId":"0913121205","phone":"5511998765432","status":"DELIVRD"}'


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("up") / "data") as started:
        yield started


def test_the_first_start_says_what_runs_where_and_what_comes_next(up: Running) -> None:
    said = up.said()
    assert re.search(r"\bready\b", said)
    for section in ("RECEIVER", "CONSOLE", "WAREHOUSE_HTTP"):
        assert f":{up.up.overrides[f'DELIVRD_{section}_PORT']}" in said
    assert str(up.folder.config) in said
    assert no_secret_in(said + up.errors.read_text(), up.folder)
    assert up.is_ready("RECEIVER")
    assert up.is_ready("CONSOLE")


def test_the_printed_curl_line_works_as_it_stands(up: Running) -> None:
    (line,) = [line.strip() for line in up.said().splitlines() if "curl" in line]
    assert "$(" in line
    answer = subprocess.run(
        ["bash", "-c", f"{line} --silent --show-error --fail"],
        env=environment(up.data),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert "accepted" in answer.stdout
    sql = "SELECT recipient, status FROM messages WHERE message_id = '82816396'"
    eventually("queryable", lambda: run("sql", sql, data=up.data).stdout == "+5511998765432\tdelivered\n")


def test_files_are_private(up: Running) -> None:
    assert stat.S_IMODE(up.folder.secrets.stat().st_mode) == 0o600
    assert stat.S_IMODE(up.data.stat().st_mode) == 0o700


def test_a_second_start_on_the_folder_is_refused_with_pid_and_folder(up: Running) -> None:
    second = run("up", "--port", "0", "--console-port", "0", data=up.data)
    assert second.returncode == 1
    assert str(up.process.pid) in second.stderr
    assert str(up.data) in second.stderr
    assert "Traceback" not in second.stderr
    assert up.is_ready("RECEIVER")


def test_a_port_that_is_taken_is_named(up: Running, tmp_path: Path) -> None:
    port = up.up.overrides["DELIVRD_RECEIVER_PORT"]
    refused = run("up", "--port", port, "--console-port", "0", data=tmp_path / "data")
    assert refused.returncode == 1
    assert f"127.0.0.1:{port}" in refused.stderr
    assert "--port" in refused.stderr


@pytest.mark.parametrize("part", ["intake", "worker", "engine"])
def test_what_is_killed_is_started_again(up: Running, part: str) -> None:
    before = up.up.parts[part]
    os.kill(before.pid, signal.SIGKILL)
    eventually("another process", lambda: up.pid(part) != before.pid)
    assert up.up.parts[part].restarts == before.restarts + 1
    eventually("ready again", lambda: up.is_ready("RECEIVER") and up.is_ready("CONSOLE"))
    assert f'"process": "{part}"' in up.errors.read_text()


def test_the_intake_accepts_while_the_engine_and_the_worker_are_away(up: Running) -> None:
    url = run("urls", "integrax-br", data=up.data).stdout.strip()
    stopped = [up.pid("engine"), up.pid("worker")]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert httpx.post(url, content=REPORT, timeout=PATIENCE).status_code == 200
        assert up.is_ready("RECEIVER")
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    sql = "SELECT status FROM messages WHERE message_id = '0913121205'"
    eventually("queryable", lambda: run("sql", sql, data=up.data).stdout == "delivered\n")


def test_the_metrics_of_all_processes_are_on_the_console_port(up: Running) -> None:
    url = run("urls", "integrax-br", data=up.data).stdout.strip()
    assert httpx.post(url, content=REPORT).status_code == 200
    eventually("counted", lambda: _metric(up, 'delivrd_requests_total{code="200",source="integrax-br"}') > 0)
    eventually("consumed", lambda: _metric(up, "delivrd_log_pending_records") == 0)
    assert _metric(up, "delivrd_reading") >= 1
    assert _metric(up, "delivrd_disk_free_bytes") > 0


def _metric(up: Running, name: str) -> float:
    for line in httpx.get(up.url("CONSOLE", "/metrics")).text.splitlines():
        if line.startswith(f"{name} "):
            return float(line.rsplit(" ", 1)[1])
    return 0


def test_ctrl_c_ends_everything_cleanly_and_a_next_start_finds_it_as_it_was(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as first:
        url = run("urls", "integrax-br", data=data).stdout.strip()
        pids = first.pids()
        assert httpx.post(url, content=REPORT).status_code == 200
        assert first.end(signal.SIGINT) == 0
        assert not any(exists(pid) for pid in pids)
    secrets = first.folder.secrets.read_bytes()
    with running(data) as second:
        assert second.folder.secrets.read_bytes() == secrets
        found = run("sql", "SELECT message_id, status FROM messages", data=data).stdout
        assert found == "0913121205\tdelivered\n"
        assert second.end(signal.SIGTERM) == 0


def test_a_killed_supervisor_leaves_nothing_behind_and_a_next_start_works(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as first:
        pids = first.pids()
        first.process.kill()
        with running(data) as second:
            assert not any(exists(pid) for pid in pids)
            assert second.end() == 0


def test_a_second_ctrl_c_hurries(tmp_path: Path) -> None:
    with running(tmp_path / "data") as started:
        worker = started.pid("worker")
        os.kill(worker, signal.SIGSTOP)  # it will not end by itself
        started.process.send_signal(signal.SIGINT)
        eventually("stopping", lambda: "stopping" in started.said())
        started.process.send_signal(signal.SIGINT)
        assert started.process.wait(PATIENCE) == 0
        assert not exists(worker)


def test_mistakes_in_the_settings_keep_it_from_starting(tmp_path: Path) -> None:
    refused = run("up", data=tmp_path / "data", env={"DELIVRD_RECEIVER_PORT": "many", "DELIVRD_LOG_KEEP": "long"})
    assert refused.returncode == 2
    assert "DELIVRD_RECEIVER_PORT" in refused.stderr
    assert "DELIVRD_LOG_KEEP" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_printed_commands_name_a_folder_that_is_not_the_default(up: Running) -> None:
    (line,) = [line for line in up.said().splitlines() if " status" in line]
    assert shlex.split(line)[-2:] == ["--data", str(up.data)]
