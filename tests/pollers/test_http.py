"""One request, whatever the other end does; and nothing of what was sent in any word about it."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from pollers.answers import NotAnswered, TooMuch
from pollers.http import Http, Limits
from pollers.pace import Pace
from schemas.record import MAX_BODY
from tests.pollers.clock import Clock
from tests.pollers.conftest import Wire, answer
from tests.services import free_ports

SECRET = "s3cr3t-t0ken-0123456789"


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def http(wire: Wire, clock: Clock) -> AsyncIterator[Http]:
    pace = Pace("a", 60_000, passing=clock, clock=clock, sleep=clock.sleep)
    async with Http(wire.url, pace, Limits(seconds=0.5, concurrent=2)) as made:
        yield made


async def test_an_answer_comes_as_it_is(wire: Wire, http: Http) -> None:
    async def handle(_request: bytes) -> bytes:
        return answer(b'{"a": \xff}', 404)

    wire.handle = handle
    found = await http.send("POST", "/x", headers={"x-api-key": SECRET}, form={"token": SECRET}, query={"to": "1"})
    assert (found.status, found.body, found.content_type) == (404, b'{"a": \xff}', "application/json")
    [request] = wire.requests
    assert request.startswith(b"POST /x?to=1 HTTP/1.1\r\n")
    assert request.endswith(b"\r\n\r\ntoken=" + SECRET.encode())


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (answer(b"oops", 500), "status"),
        (answer(b"<html>", 502), "status"),
        (answer(b"", 302, "location: http://127.0.0.1:1/"), "status"),
        (answer(b"", 429, "retry-after: 7"), "limit"),
        (answer(b"half", size=8), "connection"),
        (b"what?\r\n\r\n", "connection"),
        (b"", "connection"),
        (answer(b"not gzip", 200, "content-encoding: gzip"), "connection"),
        (None, "timeout"),
        (answer(b"x" * (MAX_BODY + 1)), "too_large"),
    ],
)
async def test_what_is_no_answer_is_said_in_words_of_ours(
    wire: Wire, http: Http, said: bytes | None, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def handle(_request: bytes) -> bytes | None:
        return said

    wire.handle = handle
    caplog.set_level(logging.DEBUG)
    with pytest.raises(NotAnswered) as caught:
        await http.send("GET", f"/{SECRET}/x", query={"token": SECRET}, headers={"authorization": SECRET})
    assert caught.value.kind == kind
    assert isinstance(caught.value, TooMuch) == (kind in {"timeout", "too_large"})
    assert SECRET not in repr(caught.value)
    assert "127.0.0.1" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


async def test_nobody_listens(clock: Clock) -> None:
    [port] = free_ports(1)
    pace = Pace("a", 60_000, passing=clock, clock=clock, sleep=clock.sleep)
    async with Http(f"http://127.0.0.1:{port}", pace, Limits()) as http:
        with pytest.raises(NotAnswered, match="no connection"):
            await http.send("GET", "/")


async def test_an_answer_that_drips_is_given_up(wire: Wire, http: Http) -> None:
    """Each piece in time, and no end."""

    async def handle(_request: bytes) -> list[bytes]:
        return [answer(b"", size=1_000), *[b"x"] * 1_000]

    wire.handle = handle
    with pytest.raises(TooMuch):
        await http.send("GET", "/")


async def test_no_more_requests_at_once_than_the_budget(wire: Wire, http: Http) -> None:
    going, most = 0, 0

    async def handle(_request: bytes) -> bytes:
        nonlocal going, most
        going += 1
        most = max(most, going)
        await asyncio.sleep(0.01)
        going -= 1
        return answer(b"{}")

    wire.handle = handle
    await asyncio.gather(*(http.send("GET", "/") for _ in range(10)))
    assert most == 2


async def test_retry_after_holds_everyone_up(wire: Wire, http: Http, clock: Clock) -> None:
    said = iter([answer(b"", 429, "retry-after: 7"), answer(b"{}")])

    async def handle(_request: bytes) -> bytes:
        return next(said)

    wire.handle = handle
    with pytest.raises(NotAnswered):
        await http.send("GET", "/")
    began = clock()
    await http.send("GET", "/")
    assert clock() - began >= 7_000
