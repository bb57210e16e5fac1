"""Clients that are slow, many, or impatient."""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from receiver.connections import Limits
from receiver.serve import allow_files
from tests.receiver.appenders import Held
from tests.receiver.intake import PATH, Intake, as_json, head, reply, report
from tests.support.waiting import until

GOOD = as_json(report())
QUICK = Limits(idle=0.4, head=0.4, body=0.4, answer=0.4)
WHOLE = head("POST", PATH, {"content-length": str(len(GOOD))}) + GOOD


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Intake]:
    with Intake(tmp_path, limits=QUICK) as intake:
        yield intake


def ends(connection: socket.socket) -> bool:
    """Whether the server closes, without another word."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("before", [b"", WHOLE])
@pytest.mark.parametrize("sent", [5, 60])
def test_a_slow_head_times_out(impatient: Intake, before: bytes, sent: int) -> None:
    with impatient.connect() as connection:
        if before:
            connection.sendall(before)
            assert reply(connection).status == 200
        connection.sendall(WHOLE[:sent])
        answer = reply(connection)
        assert (answer.status, answer.headers["content-type"]) == (408, "application/problem+json")
        assert ends(connection)


def test_a_slow_head_is_not_the_answer_to_the_request_before(tmp_path: Path) -> None:
    held = Held()
    with Intake(tmp_path, limits=Limits(head=0.2), appender=held.around) as intake, intake.connect() as connection:
        connection.sendall(WHOLE + WHOLE[:20])
        assert ends(connection)
        intake.run(held.let_go.set)


def test_a_slow_body_times_out_and_nothing_of_it_is_kept(impatient: Intake) -> None:
    with impatient.connect() as connection:
        connection.sendall(WHOLE[:-1])
        assert reply(connection).status == 408
        assert ends(connection)
    assert impatient.kept() == []


def test_a_body_that_trickles_times_out(impatient: Intake) -> None:
    with impatient.connect() as connection:
        connection.sendall(head("POST", PATH, {"content-length": "100000"}))
        connection.settimeout(0.05)
        answered = b""
        while not answered:
            connection.sendall(b" ")
            try:
                answered = connection.recv(65536)
            except TimeoutError:
                continue
        assert answered.startswith(b"HTTP/1.1 408 ")
    assert impatient.kept() == []


def test_an_idle_connection_is_not_closed_at_once(tmp_path: Path) -> None:
    with Intake(tmp_path, limits=Limits(head=0.2)) as intake, intake.connect() as silent:
        intake.wait(intake.swept(3))
        silent.sendall(WHOLE)
        assert reply(silent).status == 200


def test_an_idle_connection_is_closed(impatient: Intake) -> None:
    with impatient.connect() as silent, impatient.connect() as used:
        used.sendall(WHOLE)
        assert reply(used).status == 200
        assert ends(used)
        assert ends(silent)


def test_a_client_that_goes_away_leaves_nothing(intake: Intake) -> None:
    with intake.connect() as connection:
        connection.sendall(WHOLE[:-1])
    assert intake.post(GOOD).status == 200
    assert len(intake.kept()) == 1


def test_a_log_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    held = Held()
    with Intake(tmp_path, limits=QUICK, appender=held.around) as intake:
        for way in (intake.post, intake.post_in_pieces):
            answer = way(GOOD)
            assert answer.status == 503
            assert int(answer.headers["retry-after"]) > 0
        intake.run(held.let_go.set)


def test_a_thousand_idle_connections_harm_nobody(intake: Intake) -> None:
    allow_files()
    connections = [intake.connect() for _ in range(1000)]
    try:
        for number in range(20):
            assert intake.post(as_json(report(number + 1))).status == 200
        for connection in connections[::100]:
            connection.sendall(WHOLE)
            assert reply(connection).status == 200
    finally:
        for connection in connections:
            connection.close()
    assert len(intake.kept()) == 30


def test_beyond_the_capacity_the_idle_make_room(tmp_path: Path) -> None:
    held = Held()
    with Intake(tmp_path, limits=Limits(capacity=5), appender=held.around) as intake:
        busy = [intake.connect() for _ in range(3)]
        for connection in busy:
            connection.sendall(WHOLE)
        intake.wait(intake.busy(3))
        crowd = [intake.connect() for _ in range(20)]
        last = intake.connect()
        last.sendall(WHOLE)
        intake.wait(intake.busy(4))
        until(lambda: len(select.select(crowd, [], [], 0)[0]) == 19, "all but one of the crowd are gone")
        intake.run(held.let_go.set)
        assert [reply(connection).status for connection in (*busy, last)] == [200] * 4
        for connection in (*busy, *crowd, last):
            connection.close()


@pytest.mark.parametrize("line", [b"x-long: %b\r\n" % (b"x" * 1000), b"y: z\r\n"])
def test_a_head_without_end_is_refused(intake: Intake, line: bytes) -> None:
    with intake.connect() as connection:
        connection.sendall(b"POST %b HTTP/1.1\r\n" % PATH.encode())
        answered = b""
        connection.settimeout(0.01)
        while not answered:
            try:
                connection.sendall(line * (20_000 // len(line)))
                answered = connection.recv(65536)
            except TimeoutError:
                continue
        assert answered.startswith(b"HTTP/1.1 431 ")


def test_a_refused_body_is_not_read_for_ever(intake: Intake) -> None:
    with intake.connect() as connection:
        connection.sendall(head("POST", PATH + "x", {"content-length": str(10**12)}))
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 1024:
                connection.sendall(b" " * 1024 * 1024)
                sent += 1
        assert sent < 1024


def test_a_connection_serves_many_requests(intake: Intake) -> None:
    with intake.connect() as connection:
        for number in range(1, 101):
            body = as_json(report(number))
            connection.sendall(head("POST", PATH, {"content-length": str(len(body))}) + body)
            assert reply(connection).status == 200
    assert [record.key for record in intake.kept()] == [f"integrax-br/{number}" for number in range(1, 101)]


def test_requests_that_do_not_wait_are_answered_in_order(intake: Intake) -> None:
    wrong = head("POST", PATH + "x", {"content-length": "2"}) + b"{}"
    broken = head("POST", PATH, {"content-length": "1"}) + b"{"
    health = head("GET", "/healthz", {})
    with intake.connect() as connection:
        connection.sendall(WHOLE + wrong + broken + health + WHOLE + WHOLE)
        answers = b""
        while answers.count(b"HTTP/1.1 ") < 6:
            answers += connection.recv(65536)
    assert [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]] == [200, 404, 400, 200, 200, 200]
    assert len(intake.kept()) == 4


def test_what_follows_a_request_does_it_no_harm(intake: Intake) -> None:
    for rest in (b"}", b"garbage\r\n\r\n", b"\0" * 1000, b"GET / HTTP/9.9\r\n\r\n"):
        with intake.connect() as connection:
            connection.sendall(WHOLE + rest)
            assert reply(connection).status == 200
            assert ends(connection)
    assert [record.body for record in intake.kept()] == [GOOD] * 4


def test_a_tunnel_is_refused(intake: Intake) -> None:
    for target in (b"localhost:80", PATH.encode()):
        assert intake.raw(b"CONNECT %b HTTP/1.1\r\nhost: x\r\n\r\n" % target).status == 400


def test_an_old_client_is_answered_and_left(intake: Intake) -> None:
    with intake.connect() as connection:
        connection.sendall(WHOLE.replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert reply(connection).status == 200
        assert ends(connection)


def test_a_client_that_wants_to_close_is_left(intake: Intake) -> None:
    with intake.connect() as connection:
        connection.sendall(WHOLE.replace(b"host:", b"connection: close\r\nhost:"))
        answer = reply(connection)
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert ends(connection)


def test_an_upgrade_is_passed_over(intake: Intake) -> None:
    upgrade = b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAAB\r\nhost:"
    with intake.connect() as connection:
        for _ in range(3):
            connection.sendall(WHOLE.replace(b"host:", upgrade))
            assert reply(connection).status == 200
        connection.sendall(WHOLE.replace(b"host:", upgrade)[:-20])
        connection.sendall(WHOLE[-20:])
        assert reply(connection).status == 200
    assert [record.body for record in intake.kept()] == [GOOD] * 4


def test_large_bodies_do_not_hold_up_small_ones(intake: Intake) -> None:
    large = as_json([report(number) for number in range(1, 10_001)])
    senders = [threading.Thread(target=intake.post, args=(large,)) for _ in range(3)]
    for sender in senders:
        sender.start()
    for number in range(1, 51):
        assert intake.post(as_json(report(f"small-{number}"))).status == 200
    for sender in senders:
        sender.join()
    kept = [record.key or "" for record in intake.kept()]
    assert len(kept) == 30_050
    assert sum("small" in key for key in kept) == 50
