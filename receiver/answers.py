"""What the public port answers, as ASGI messages that are built once wherever they say the same each time."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Send

RETRY_AFTER_SECONDS = 30


class Answer(NamedTuple):
    """A whole response: its start and its body."""

    start: HTTPResponseStartEvent
    body: HTTPResponseBodyEvent

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.start["status"]


def answer(status: int, content_type: bytes, body: bytes, headers: Sequence[tuple[bytes, bytes]] = ()) -> Answer:
    """A response of these bytes."""
    fixed = [(b"content-type", content_type), (b"content-length", str(len(body)).encode()), *headers]
    return Answer(
        {"type": "http.response.start", "status": status, "headers": fixed},
        {"type": "http.response.body", "body": body, "more_body": False},
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
