"""What the public port answers, as ASGI messages that are built once wherever they say the same each time."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Send

RETRY_AFTER_SECONDS = 30


class Answer(NamedTuple):
    """A whole response: its two ASGI messages, and the same as it goes over the wire, status line and all after it."""

    status: int
    start: HTTPResponseStartEvent
    body: HTTPResponseBodyEvent
    line: bytes
    rest: bytes

    def as_bytes(self, headers: Iterable[tuple[bytes, bytes]], *, keep_alive: bool) -> bytes:
        """The response, with the headers that all responses have."""
        line = self.line
        for name, value in headers:
            line += b"%b: %b\r\n" % (name, value)
        return line + (self.rest if keep_alive else b"connection: close\r\n" + self.rest)


def answer(status: int, content_type: bytes, body: bytes, headers: Sequence[tuple[bytes, bytes]] = ()) -> Answer:
    """A response of these bytes."""
    fields = [(b"content-type", content_type), (b"content-length", str(len(body)).encode()), *headers]
    return Answer(
        status,
        {"type": "http.response.start", "status": status, "headers": fields},
        {"type": "http.response.body", "body": body, "more_body": False},
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode(),
        b"".join(name + b": " + value + b"\r\n" for name, value in fields) + b"\r\n" + body,
    )


def say(status: int, content: Mapping[str, Any]) -> Answer:
    """A response with a JSON object."""
    return answer(status, b"application/json", msgspec.json.encode(content))


def problem(status: int, detail: str, headers: Sequence[tuple[bytes, bytes]] = (), **more: Any) -> Answer:
    """A refusal as RFC 9457 has it. `type` is `about:blank`, so the title is HTTP's; `more` are extension members."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return answer(status, b"application/problem+json", msgspec.json.encode(content), headers)


async def give(send: Send, this: Answer) -> None:
    """Send a whole response."""
    await send(this.start)
    await send(this.body)


def method_not_allowed(allowed: bytes) -> Answer:
    """405 with what is allowed."""
    return problem(405, f"Only {allowed.decode()} is answered here.", [(b"allow", allowed)])


ACCEPTED = say(200, {"status": "accepted"})
ALIVE = say(200, {"status": "alive"})
READY = say(200, {"status": "ready"})
NOT_FOUND = problem(404, "There is nothing at this address.")
ONLY_POST = method_not_allowed(b"POST")
ONLY_GET = method_not_allowed(b"GET, HEAD")
TOO_LARGE = problem(413, "A body may have at most 8 MiB, also when it is unpacked.")
BUSY = problem(
    503,
    "The reports cannot be kept just now. Please send them again later.",
    [(b"retry-after", str(RETRY_AFTER_SECONDS).encode())],
)
TIMED_OUT = problem(408, "The request did not arrive in time.")
MALFORMED = problem(400, "This is not a valid HTTP request.")
HEAD_TOO_LARGE = problem(431, "The request line and the headers are too long.")
FAILED = problem(500, "The request could not be handled.")
