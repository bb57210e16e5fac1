"""What stands before each stand-in: it serves the truth, misbehaves, and notes what was really told."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from simulators.stand import Asked, Stand

_HTML = b"""<!DOCTYPE html>
<html><head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>
"""
_Told = list[Callable[[], None]]


def when_told(request: Request[Any, Any, Any], note: Callable[[], None]) -> None:
    """Have `note` called when the answer to this request is given, and given whole."""
    told: _Told = request.scope["state"]["told"]
    told.append(note)


def front(app: ASGIApp, here: Stand) -> ASGIApp:
    """The stand-in's own application `app`, with what stands before it."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
        elif scope["path"] == "/truth":
            await _answer(send, 200, b"application/json", here.truth.as_json())
        else:
            here.asked.append(Asked(here.clock.elapsed(), scope["method"], scope["path"]))
            if not await _refused(scope, send, here):
                await _handled(scope, receive, send, app, here)

    return serve


async def _refused(scope: HTTPScope, send: Send, here: Stand) -> bool:
    """Answer by misbehaviour, without a word to the stand-in; False where it does not misbehave so."""
    how, key = here.misbehaviour, (scope["method"], scope["path"])
    if here.dice.happens(how.too_many, "too_many", *key):
        retry = (b"retry-after", str(how.retry_after).encode())
        await _answer(send, 429, b"application/json", b'{"message": "Too Many Attempts."}', retry)
    elif here.dice.happens(how.server_error, "server_error", *key):
        await _answer(send, 500, b"application/json", b'{"message": "Server Error"}')
    elif here.dice.happens(how.html, "html", *key):
        await _answer(send, 502, b"text/html", _HTML)
    else:
        return False
    return True


async def _handled(scope: HTTPScope, receive: Receive, send: Send, app: ASGIApp, here: Stand) -> None:
    how, key = here.misbehaviour, (scope["method"], scope["path"])
    told: _Told = []
    scope["state"] = {**scope.get("state", {}), "told": told}
    answer: list[Message] = []

    async def keep(message: Message) -> None:
        answer.append(message)

    await app(scope, receive, keep)
    if here.dice.happens(how.slow, "slow", *key):
        await asyncio.sleep(how.slowness)
    if here.dice.happens(how.timeout, "timeout", *key):
        await _hang(receive, send, how.patience)
    elif here.dice.happens(how.truncated, "truncated", *key):
        await _half(send, answer, on_the_wire=here.dice.happens(0.5, "on the wire", *key))
    else:
        # Noted before it is sent, so that whoever heard it finds it in the truth.
        for note in told:
            note()
        for message in answer:
            await send(message)


async def _answer(send: Send, status: int, kind: bytes, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    size = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind), size, *headers]})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _hang(receive: Receive, send: Send, seconds: float) -> None:
    """Say nothing until the client goes away, or something in between gives up."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(gone(), seconds)
        return
    await _answer(send, 504, b"text/html", _HTML.replace(b"502 Bad Gateway", b"504 Gateway Time-out"))


async def _half(send: Send, answer: list[Message], *, on_the_wire: bool) -> None:
    """The first half of the body: either the connection ends in its midst, or it says that this is all."""
    body = b"".join(message["body"] for message in answer if message["type"] == "http.response.body")
    half = body[: len(body) // 2]
    for message in answer:
        if message["type"] == "http.response.start":
            size = str(len(body if on_the_wire else half)).encode()
            kept = [header for header in message["headers"] if header[0].lower() != b"content-length"]
            await send({**message, "headers": [*kept, (b"content-length", size)]})
    # With more promised than given, the server closes the connection when this returns.
    await send({"type": "http.response.body", "body": half, "more_body": on_the_wire})
