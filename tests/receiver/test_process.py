"""The process: its start and end, its signals, its limits."""

import http.client
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.clock import now_ms
from pipeline.sqlite_log import SqliteReader, SqliteWriter
from schemas.record import Record, RecordType
from tests.receiver.intake import as_json, report
from tests.receiver.process import SECRET, SETTINGS, Process
from tests.support.waiting import until

OTHER = "other-0123456789abcdef"


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    with Process(tmp_path / "data") as running:
        yield running


def post(connection: http.client.HTTPConnection, number: int, secret: str = SECRET) -> int:
    connection.request("POST", f"/v1/webhooks/integrax-br/{secret}", as_json(report(number)))
    answer = connection.getresponse()
    answer.read()
    return answer.status


def connect(process: Process) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", process.port, timeout=20)


class Load:
    """Eight senders that never pause; each sends again what got no answer, as a provider does."""

    def __init__(self, process: Process) -> None:
        self.accepted: list[int] = []
        self.others: list[int] = []
        self.broken = 0
        self._process = process
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(8)]

    def __enter__(self) -> "Load":  # noqa: PYI034
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def _send(self, sender: int) -> None:
        number = sender + 8
        with closing(connect(self._process)) as connection:
            while not self._enough.is_set():
                try:
                    status = post(connection, number)
                except (OSError, http.client.HTTPException):
                    self.broken += 1
                    return
                if status == 200:
                    self.accepted.append(number)
                else:
                    self.others.append(status)
                number += 8

    def wait(self, count: int) -> None:
        target = len(self.accepted) + count
        until(lambda: len(self.accepted) >= target, "requests are answered")


def keys(process: Process) -> set[str | None]:
    return {record.key for record in process.kept()}


def test_sigterm_ends_it_and_every_accepted_request_is_kept(process: Process) -> None:
    with Load(process) as load:
        load.wait(200)
        process.signal(signal.SIGTERM)
        assert process.process.wait(20) == 0
    assert load.others == []
    assert keys(process) == {f"integrax-br/{number}" for number in load.accepted}


def test_a_kill_loses_no_accepted_request(process: Process) -> None:
    with Load(process) as load:
        load.wait(200)
        process.signal(signal.SIGKILL)
        process.process.wait(20)
    assert keys(process) >= {f"integrax-br/{number}" for number in load.accepted}


def test_a_reload_under_load_loses_no_request(process: Process) -> None:
    with Load(process) as load:
        for _ in range(5):
            for secrets in ((SECRET, OTHER), (OTHER, SECRET), (SECRET,)):
                process.allow(*secrets)
                process.signal(signal.SIGHUP)
                process.until("settings_taken_over")
                load.wait(20)
    assert (load.others, load.broken) == ([], 0)
    assert keys(process) == {f"integrax-br/{number}" for number in load.accepted}


def test_a_reload_changes_the_secrets(process: Process) -> None:
    with closing(connect(process)) as connection:
        assert [post(connection, 1, secret) for secret in (SECRET, OTHER)] == [200, 404]
        process.allow(OTHER, SECRET)
        process.signal(signal.SIGHUP)
        process.until("settings_taken_over")
        assert [post(connection, 1, secret) for secret in (SECRET, OTHER)] == [200, 200]
        process.allow(OTHER)
        process.signal(signal.SIGHUP)
        process.until("settings_taken_over")
        assert [post(connection, 1, secret) for secret in (SECRET, OTHER)] == [404, 200]


def test_a_reload_changes_networks_and_proxies(process: Process) -> None:
    def post_for(address: str) -> int:
        with closing(connect(process)) as connection:
            path = f"/v1/webhooks/integrax-br/{SECRET}"
            connection.request("POST", path, as_json(report()), {"x-forwarded-for": address})
            return connection.getresponse().status

    assert post_for("203.0.113.7") == 200
    restricted = SETTINGS + 'networks = ["203.0.113.0/24"]\n'
    process.configure(restricted)
    process.signal(signal.SIGHUP)
    process.until("settings_taken_over")
    assert post_for("203.0.113.7") == 404
    process.configure(restricted.replace("[receiver]", '[receiver]\ntrusted_proxies = ["127.0.0.0/8"]'))
    process.signal(signal.SIGHUP)
    process.until("settings_taken_over")
    assert [post_for("203.0.113.7"), post_for("198.51.100.1")] == [200, 404]


def test_settings_with_a_mistake_are_not_taken_over(process: Process) -> None:
    process.configure(SETTINGS.replace('integrax"', 'integral"'))
    process.signal(signal.SIGHUP)
    assert "sources.integrax-br.provider" in process.until("settings_not_taken_over")["problem"]
    with closing(connect(process)) as connection:
        assert post(connection, 1) == 200
    process.configure(SETTINGS)
    process.signal(signal.SIGHUP)
    process.until("settings_taken_over")


def test_it_says_nothing_of_secrets_and_numbers(process: Process) -> None:
    with closing(connect(process)) as connection:
        assert post(connection, 1) == 200
        for path in (f"/v1/webhooks/integrax-br/{SECRET}/x", f"/v1/webhooks/nobody/{SECRET}"):
            connection.request("POST", path, b"{}")
            connection.getresponse().read()
    with socket.create_connection(("127.0.0.1", process.port)) as raw:
        raw.sendall(f"GET /v1/webhooks/integrax-br/{SECRET} HTTP/1.1\r\n\0\r\n\r\n".encode())
        raw.recv(1000)
    process.signal(signal.SIGTERM)
    process.until("receiver_stopped")
    said = "".join(process.said)
    assert SECRET not in said
    assert "5511987654321" not in said


def test_it_ends_with_its_supervisor(tmp_path: Path) -> None:
    with Process(tmp_path / "data", supervised=True) as process:
        process.let_go()
        assert process.process.wait(20) == 0


def test_it_outlives_a_crowd_that_takes_all_its_files(tmp_path: Path) -> None:
    with Process(tmp_path / "data", files=160) as process:
        crowd = [socket.create_connection(("127.0.0.1", process.port), timeout=20) for _ in range(300)]
        with closing(connect(process)) as connection:
            assert post(connection, 1) == 200
        for one in crowd:
            one.close()
        with Load(process) as load:
            load.wait(100)
        assert (load.others, load.broken) == ([], 0)


def test_what_is_consumed_and_old_goes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    month = 30 * 86_400_000

    def record(number: int, age: int) -> Record:
        return Record(f"r-{number}", "integrax-br", RecordType.WEBHOOK, now_ms() - age, str(number), "", b"", b"{}")

    with closing(SqliteWriter(data / "log.db", reserve_bytes=0)) as writer:
        writer.write([record(1, 2 * month), record(2, 2 * month), record(3, 2 * month), record(4, 0)])
        with closing(SqliteReader(data / "log.db", data / "consumer.db")) as reader:
            reader.commit(0, 3, "")
    with Process(data) as process:
        until(lambda: [found.id for found in process.kept()] == ["r-3", "r-4"], "the consumed and old are gone")


def test_a_taken_port_is_told_without_a_traceback(process: Process, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        other = Process(tmp_path / "other")
        other.configure(SETTINGS.replace("port = 0", f"port = {taken.getsockname()[1]}"))
        command = [sys.executable, "-m", "delivrd", "receiver", "--data", str(other.data)]
        told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
        assert told.returncode == 1
        assert str(taken.getsockname()[1]) in told.stderr
    assert "Traceback" not in told.stderr


def test_it_loads_nothing_of_the_warehouse() -> None:
    code = "import sys, receiver.serve; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "pipeline.sqlite_log" in loaded
    for name in ("pipeline.warehouse", "pipeline.engine", "clickhouse_connect", "clickhouse_migrations", "chdb"):
        assert name not in loaded


def test_a_slow_client_does_not_hold_up_the_end(process: Process) -> None:
    with socket.create_connection(("127.0.0.1", process.port), timeout=30) as slow:
        slow.sendall(f"POST /v1/webhooks/integrax-br/{SECRET} HTTP/1.1\r\ncontent-length: 5\r\n\r\n{{".encode())
        with closing(connect(process)) as connection:
            assert post(connection, 1) == 200
        process.signal(signal.SIGTERM)
        assert process.process.wait(20) == 0
        assert slow.recv(1000).startswith(b"HTTP/1.1 408 ")
    assert keys(process) == {"integrax-br/1"}
