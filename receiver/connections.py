"""Connections that take too long or send too much, without a cost to those that do not.

uvicorn has a limit for idle connections alone: a client that sends its headers or its body slowly may
take for ever. One look over all connections every second finds those that stand where they stood, and
needs no timer for each request. It reads the state that uvicorn 0.54 keeps of a connection.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec
from uvicorn._types import HTTPScope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from receiver import answers
from receiver.answers import Answer
from schemas.record import MAX_BODY

_MAX_HEAD = 64 * 1024
_MAX_MESSAGE = 2 * MAX_BODY
"""What is read and dropped of a body that was refused, so that its sender gets to read the refusal."""


class Limits(msgspec.Struct, frozen=True):
    """Seconds that a connection may spend: between requests, on a head, on a body, and waiting for its answer.

    `capacity` is how many connections there may be; from half of it on, idle ones are closed after `crowded`.
    """

    idle: float = 75.0
    crowded: float = 2.0
    head: float = 10.0
    body: float = 30.0
    answer: float = 30.0
    capacity: int = 8192


class Connection(HttpToolsProtocol):
    """One connection, whose refusals are problems as RFC 9457 has them."""

    phase: tuple[str, object] = ("idle", None)
    since: float = 0.0
    _began = False
    _bytes = 0

    def on_message_begin(self) -> None:
        """A request's first byte."""
        super().on_message_begin()
        self._began = True

    def data_received(self, data: bytes) -> None:
        """Limits what a message may have; the first piece of it (256 KiB at most) is not counted."""
        super().data_received(data)
        if self._began:
            self._began = False
            self._bytes = 0
            return
        self._bytes += len(data)
        if self._bytes > _MAX_HEAD and self.where()[0] == "head":
            self.refuse(answers.HEAD_TOO_LARGE)
        elif self._bytes > _MAX_MESSAGE:
            self.transport.close()

    def on_response_complete(self) -> None:
        """As uvicorn has it, without a timer for each request."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's signature)
        """What cannot be parsed."""
        self.refuse(answers.MALFORMED)

    def where(self) -> tuple[str, object]:
        """What the connection is at, and in which request."""
        # None before the first request, which uvicorn's annotations leave out.
        cycle: RequestResponseCycle | None = self.cycle
        scope: HTTPScope | None = self.scope
        if scope is not None and (cycle is None or cycle.scope is not scope):
            return "head", scope
        if cycle is None or cycle.response_complete:
            return "idle", cycle
        return "body" if cycle.more_body else "answer", cycle

    def refuse(self, answer: Answer | None) -> None:
        """Answer in the application's place where no answer was given yet, and close.

        The application sees a client that went away.
        """
        cycle: RequestResponseCycle | None = self.cycle
        begun = False
        if cycle is not None and not cycle.response_complete:
            begun = cycle.response_started or len(self.pipeline) > 0
            cycle.disconnected = True
            cycle.message_event.set()
        if answer is not None and not begun:
            self.transport.write(_as_bytes(answer))
        self.transport.close()


_TOO_SLOW = {"head": answers.TIMED_OUT, "body": answers.TIMED_OUT, "answer": answers.BUSY}


def sweep(connections: Iterable[Any], limits: Limits, now: float) -> None:
    """Ends what has been at the same for too long. `now` is in seconds of a clock that never goes back."""
    every = [connection for connection in connections if isinstance(connection, Connection)]
    idle = limits.crowded if len(every) > limits.capacity // 2 else limits.idle
    allowed = {"idle": idle, "head": limits.head, "body": limits.body, "answer": limits.answer}
    for connection in every:
        phase = connection.where()
        if phase[0] != connection.phase[0] or phase[1] is not connection.phase[1]:
            connection.phase, connection.since = phase, now
        elif now - connection.since > allowed[phase[0]]:
            connection.refuse(_TOO_SLOW.get(phase[0]))


def _as_bytes(answer: Answer) -> bytes:
    head = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n".encode()
    fields = b"".join(name + b": " + value + b"\r\n" for name, value in answer.start["headers"])
    return head + fields + b"connection: close\r\n\r\n" + answer.body["body"]
