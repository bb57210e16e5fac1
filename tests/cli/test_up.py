"""`delivrd up`, with its real processes: start, second start, deaths, end."""

import fcntl
import os
import pty
import re
import shlex
import signal
import stat
import subprocess
import sys
import termios
from pathlib import Path

import httpx
import msgspec
import psutil
import pytest

from delivrd.running import Part, Up
from pipeline.settings import Folder
from tests.cli.command import environment, run
from tests.support.installation import PARTS, Installation, installed, post
from tests.support.waiting import PATIENCE, until

REPORT = b'{"messageId":"0913121205","phone":"5511998765432","status":"DELIVRD"}'


def test_the_first_start_says_what_runs_where_and_what_comes_next(delivrd: Installation) -> None:
    said = delivrd.output()
    assert re.search(r"\bready\b", said)
    for port in _up(delivrd).overrides.values():
        assert port in said or port == _up(delivrd).overrides["DELIVRD_WAREHOUSE_TCP_PORT"]
    assert str(delivrd.folder.config) in said
    assert _is_ready(delivrd.port)
    assert _is_ready(delivrd.console_port)


def test_no_secret_is_printed_unasked(delivrd: Installation) -> None:
    secrets = re.findall(r'"([\w-]{16,})"', delivrd.folder.secrets.read_text())
    assert len(secrets) == 8
    assert not any(secret in delivrd.output() for secret in secrets)


def test_the_printed_curl_line_works_as_it_stands(delivrd: Installation) -> None:
    (line,) = [line.strip() for line in delivrd.output().splitlines() if "curl" in line]
    assert "$(" in line
    answer = subprocess.run(
        ["bash", "-c", f"{line} --silent --show-error --fail"],
        env=environment(delivrd.folder.root),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert "accepted" in answer.stdout
    sql = "SELECT recipient, status FROM messages WHERE message_id = '82816396'"
    until(lambda: delivrd.sql(sql) == [{"recipient": "+5511998765432", "status": "delivered"}], "queryable")


def test_the_printed_commands_name_a_folder_that_is_not_the_default(delivrd: Installation) -> None:
    (line,) = [line for line in delivrd.output().splitlines() if " status" in line]
    assert shlex.split(line)[-2:] == ["--data", str(delivrd.folder.root)]


def test_files_are_private(delivrd: Installation) -> None:
    assert stat.S_IMODE(delivrd.folder.secrets.stat().st_mode) == 0o600
    assert stat.S_IMODE(delivrd.folder.root.stat().st_mode) == 0o700


def test_a_second_start_on_the_folder_is_refused_with_pid_and_folder(delivrd: Installation) -> None:
    second = run("up", "--port", "0", "--console-port", "0", data=delivrd.folder.root)
    assert second.returncode == 1
    assert str(_up(delivrd).pid) in second.stderr
    assert str(delivrd.folder.root) in second.stderr
    assert "Traceback" not in second.stderr
    assert _is_ready(delivrd.port)


def test_a_port_that_is_taken_is_named(delivrd: Installation, tmp_path: Path) -> None:
    refused = run("up", "--port", str(delivrd.port), "--console-port", "0", data=tmp_path / "data")
    assert refused.returncode == 1
    assert f"127.0.0.1:{delivrd.port}" in refused.stderr
    assert "--port" in refused.stderr


@pytest.mark.parametrize("part", PARTS)
def test_what_is_killed_is_started_again_with_a_word(delivrd: Installation, part: str) -> None:
    before = _part(delivrd, part)
    delivrd.kill(part)
    assert _part(delivrd, part).restarts == before.restarts + 1
    until(lambda: _is_ready(delivrd.port) and _is_ready(delivrd.console_port), "ready again")
    assert re.search(rf'"process": "{part}", "cause": "signal SIGKILL"', delivrd.output())
    until(lambda: _metric(delivrd, f'delivrd_child_restarts_total{{part="{part}"}}') >= 1, "counted")


def test_who_comes_while_the_intake_is_away_waits_and_is_not_refused(delivrd: Installation) -> None:
    url = delivrd.urls()["integrax-br"]
    dead = delivrd.signal("intake", signal.SIGKILL)
    until(lambda: not _exists(dead), "dead")
    assert post(url, REPORT).status_code == 200
    assert delivrd.pid("intake") != dead


def test_the_intake_accepts_while_the_engine_and_the_worker_are_away(delivrd: Installation) -> None:
    url = delivrd.urls()["integrax-br"]
    stopped = [delivrd.signal(part, signal.SIGSTOP) for part in ("engine", "worker")]
    try:
        assert post(url, REPORT).status_code == 200
        assert _is_ready(delivrd.port)
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    sql = "SELECT status FROM messages WHERE message_id = '0913121205'"
    until(lambda: delivrd.sql(sql) == [{"status": "delivered"}], "queryable")


def test_the_metrics_of_all_processes_are_on_the_console_port(delivrd: Installation) -> None:
    # A source and an answer that no other test here asks for: theirs may be counted only now.
    assert post(delivrd.urls()["smsgateway24"], b"{").status_code == 400
    until(lambda: _metric(delivrd, 'delivrd_requests_total{code="400",source="smsgateway24"}') == 1, "counted")
    until(lambda: _metric(delivrd, "delivrd_log_pending_records") == 0, "consumed")
    assert _metric(delivrd, "delivrd_reading") >= 1
    assert _metric(delivrd, "delivrd_disk_free_bytes") > 0


def test_ctrl_c_ends_everything_cleanly_and_a_next_start_finds_it_as_it_was(tmp_path: Path) -> None:
    with installed(tmp_path / "data") as delivrd:
        secrets = delivrd.folder.secrets.read_bytes()
        pids = [delivrd.pid(part) for part in PARTS]
        assert post(delivrd.urls()["integrax-br"], REPORT).status_code == 200
        assert delivrd.stop(signal.SIGINT) == 0
        assert not any(_exists(pid) for pid in pids)
        assert delivrd.run_apart("status", code=1).stdout.decode().count("0 records") == 1

        delivrd.start()
        assert delivrd.folder.secrets.read_bytes() == secrets
        assert delivrd.sql("SELECT message_id FROM messages") == [{"message_id": "0913121205"}]
        assert delivrd.stop(signal.SIGTERM) == 0


def test_a_killed_supervisor_leaves_nothing_behind_and_a_next_start_works(tmp_path: Path) -> None:
    with installed(tmp_path / "data") as delivrd:
        pids = [delivrd.pid(part) for part in PARTS]
        delivrd.kill_supervisor()
        delivrd.start()
        assert not any(_exists(pid) for pid in pids)
        assert delivrd.stop() == 0


def test_a_second_ctrl_c_hurries(tmp_path: Path) -> None:
    with installed(tmp_path / "data") as delivrd:
        supervisor = _up(delivrd).pid
        worker = delivrd.signal("worker", signal.SIGSTOP)  # it will not end by itself
        os.kill(supervisor, signal.SIGINT)
        until(lambda: "stopping" in delivrd.output(), "stopping")
        assert delivrd.stop(signal.SIGINT) == 0
        assert not _exists(worker)


def test_ctrl_c_while_it_starts(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data")
    try:
        installation.start(wait=False)
        until(installation.folder.up.exists, "the first process")
        assert installation.stop() == 0
    finally:
        installation.end()


def test_a_terminal_that_is_closed_ends_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    screen, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "delivrd", "up", "--port", "0", "--console-port", "0"],
        env=environment(data),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - as a window has it
    ) as started:
        os.close(terminal)
        said = b""
        while b"delivrd is ready" not in said:
            said += os.read(screen, 4096)
        parts = msgspec.json.decode(Folder(data).up.read_bytes(), type=Up).parts
        os.close(screen)
        assert started.wait(PATIENCE) == 0
    assert not any(_exists(part.pid) for part in parts.values())


def test_settings_that_stand_elsewhere_are_found_by_every_command(tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "elsewhere.toml"
    config.write_text('[sources.only-one]\nprovider = "integrax"\n')
    with subprocess.Popen(
        [sys.executable, "-m", "delivrd", "up", "--config", str(config), "--port", "0", "--console-port", "0"],
        env=environment(data),
        stdout=subprocess.PIPE,
    ) as started:
        assert started.stdout is not None
        until(lambda: started.stdout and b"delivrd is ready" in started.stdout.readline(), "ready")
        assert not (data / "delivrd.toml").exists()
        assert "only-one" in run("urls", data=data).stdout
        config.write_text(config.read_text() + '[sources.a-second]\nprovider = "integrax"\n')
        assert run("reload", data=data).returncode == 0
        assert "a-second" in run("urls", data=data).stdout
        started.send_signal(signal.SIGINT)
        started.stdout.read()
    assert started.returncode == 0


def test_mistakes_in_the_settings_keep_it_from_starting(tmp_path: Path) -> None:
    env = {"DELIVRD_RECEIVER_PORT": "many", "DELIVRD_LOG_KEEP": "long"}
    refused = run("up", data=tmp_path / "data", env=env)
    assert refused.returncode == 2
    assert all(name in refused.stderr for name in env)
    assert "Traceback" not in refused.stderr


def _up(delivrd: Installation) -> Up:
    return msgspec.json.decode(delivrd.folder.up.read_bytes(), type=Up)


def _part(delivrd: Installation, part: str) -> Part:
    return _up(delivrd).parts[part]


def _is_ready(port: int) -> bool:
    try:
        status: int = httpx.get(f"http://127.0.0.1:{port}/readyz").status_code
    except httpx.HTTPError:
        return False
    return status == 200


def _metric(delivrd: Installation, name: str) -> float:
    for line in httpx.get(f"http://127.0.0.1:{delivrd.console_port}/metrics").text.splitlines():
        if line.startswith(f"{name} "):
            return float(line.rsplit(" ", 1)[1])
    return 0


def _exists(pid: int) -> bool:
    """Whether a process is there, and not merely waiting to be counted."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
