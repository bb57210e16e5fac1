"""No 2xx before the records are durable, and nothing durable without being asked for."""

import asyncio
import select
import socket
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.log import LogAppender, LogFull, LogUnavailable
from receiver.keeping import Keeper
from schemas.adapter import Element, Source
from schemas.record import Record
from tests.receiver.appenders import Held
from tests.receiver.intake import INTEGRAX, PATH, Intake, Reply, as_json, head, reply, report

GOOD = as_json(report())


def silent(intake: Intake, connection: socket.socket) -> bool:
    """Whether nothing was answered, though the server has since answered another."""
    assert intake.ask("GET", "/healthz").status == 200
    return not select.select([connection], [], [], 0)[0]


@pytest.mark.parametrize("body", [GOOD, b"{", b'{"a": 1}', as_json([report(1), {}])], ids=range(4))
@pytest.mark.parametrize("pieces", [False, True])
def test_no_answer_before_the_log_has_it(tmp_path: Path, body: bytes, pieces: bool) -> None:
    held = Held()
    with Intake(tmp_path, appender=held.around) as intake, intake.connect() as connection:
        start = head("POST", PATH, {"content-length": str(len(body)), "expect": "100-continue"})
        connection.sendall(start if pieces else start + body)
        if pieces:
            assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
            connection.sendall(body)
        intake.wait(held.asked.wait())
        assert silent(intake, connection)
        assert intake.kept() == []
        intake.run(held.let_go.set)
        assert reply(connection).status in (200, 202, 400)
        assert b"".join(record.body for record in intake.kept()) in (body, b"".join(body[1:-1].split(b", {}")) + b"{}")


def test_a_stop_waits_for_the_answers(tmp_path: Path) -> None:
    held = Held()
    answers: list[Reply] = []
    with Intake(tmp_path, appender=held.around) as intake:
        posts = [threading.Thread(target=lambda: answers.append(intake.post(GOOD))) for _ in range(8)]
        for post in posts:
            post.start()
        intake.wait(held.asked.wait())
        intake.wait(intake.busy(8))
        intake.stop()
        intake.wait(intake.leaving())
        intake.run(held.let_go.set)
        for post in posts:
            post.join()
    assert [answer.status for answer in answers] == [200] * 8
    assert all(answer.headers["connection"] == "close" for answer in answers)
    assert len(intake.kept()) == 8


class Picky:
    """Cannot append what has this key, as a record that the log's encoding has no room for."""

    def __init__(self, inner: LogAppender, key: str) -> None:
        self._inner = inner
        self._key = key

    async def append(self, records: Sequence[Record]) -> None:
        await asyncio.sleep(0)
        if any(record.key == self._key for record in records):
            raise OverflowError
        await self._inner.append(records)


def test_one_that_cannot_be_appended_takes_no_other_with_it(tmp_path: Path) -> None:
    with Intake(tmp_path, appender=lambda inner: Picky(inner, "integrax-br/7")) as intake:
        connections = [intake.connect() for _ in range(20)]
        for number, connection in enumerate(connections):
            body = as_json(report(number + 1))
            connection.sendall(head("POST", PATH, {"content-length": str(len(body))}) + body)
        answers = [reply(connection).status for connection in connections]
        for connection in connections:
            connection.close()
        assert answers == [503 if number == 7 else 200 for number in range(1, 21)]
        assert len(intake.kept()) == 19


class Clumsy:
    """An adapter with a mistake in it."""

    name = "clumsy"

    def split(self, body: bytes, source: Source) -> list[Element]:
        raise KeyError(body.decode())

    def read(self, record: Record, source: Source) -> None:
        raise AssertionError


def test_a_mistake_of_ours_loses_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Intake(tmp_path, [replace(INTEGRAX, adapter=Clumsy())]) as intake:
        for way in (intake.post, intake.post_in_pieces):
            answer = way(GOOD)
            assert answer.status == 202
            assert answer.json()["unreadable"][0]["reason"] == "error"
        assert [(record.key, record.body) for record in intake.kept()] == [(None, GOOD)] * 2
    said = "".join(capfd.readouterr())
    assert "adapter_failed" in said
    assert "KeyError" in said
    assert "5511987654321" not in said


@pytest.mark.parametrize("way", ["post", "post_in_pieces"])
def test_a_mistake_before_the_body_is_read_is_told(tmp_path: Path, way: str, capfd: pytest.CaptureFixture[str]) -> None:
    def broken() -> int:
        raise ZeroDivisionError("5511987654321")

    with Intake(tmp_path, clock=broken) as intake:
        answer = getattr(intake, way)(GOOD)
        assert (answer.status, answer.headers["content-type"]) == (500, "application/problem+json")
    said = "".join(capfd.readouterr())
    assert "request_failed" in said
    assert "ZeroDivisionError" in said
    assert "5511987654321" not in said


class Flaky:
    """Takes, refuses or fails, as it is told, and remembers what it took."""

    def __init__(self, outcomes: list[Exception | None]) -> None:
        self.outcomes = outcomes
        self.taken: list[str] = []

    async def append(self, records: Sequence[Record]) -> None:
        outcome = self.outcomes.pop(0)
        if outcome:
            raise outcome
        self.taken += [record.id for record in records]


async def test_what_one_pass_brings_is_one_append() -> None:
    record = Record("1-0", "s", "t", 0, None, "", b"", b"")
    log = Flaky([None, LogFull(""), None, LogUnavailable("")])
    keeper = Keeper(log)
    for expected in (True, False, True, False):
        assert await asyncio.gather(*(keeper.kept([record, record]) for _ in range(5))) == [expected] * 5
    assert log.outcomes == []
    assert len(log.taken) == 20


class Empty(Clumsy):
    """An adapter that finds nothing in a body."""

    def split(self, body: bytes, source: Source) -> list[Element]:
        return []


def test_a_body_in_which_nothing_is_found_is_kept(tmp_path: Path) -> None:
    with Intake(tmp_path, [replace(INTEGRAX, adapter=Empty())]) as intake:
        for way in (intake.post, intake.post_in_pieces):
            assert way(GOOD).status == 200
        assert [(record.key, record.body) for record in intake.kept()] == [(None, GOOD)] * 2
