"""Connections that take too long or send too much, without a cost to those that do not.

uvicorn has a limit for idle connections alone: a client that sends its headers or its body slowly may
take for ever. One look over all connections every second finds those that stand where they stood, and
needs no timer for each request. It reads the state that uvicorn 0.54 keeps of a connection.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, Protocol

import httptools
import msgspec
from msgspec.structs import replace
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from receiver import answers
from receiver.answers import Answer
from schemas.record import MAX_BODY

_MAX_HEAD = 64 * 1024
_MAX_MESSAGE = 2 * MAX_BODY
"""What is read and dropped of a body that was refused, so that its sender gets to read the refusal."""


class Limits(msgspec.Struct, frozen=True):
    """Seconds that a connection may spend: between requests, on a head, on a body, and waiting for its answer.

    `capacity` is how many connections there may be; beyond it, an idle one makes room for the next.
    """

    idle: float = 75.0
    head: float = 10.0
    body: float = 30.0
    answer: float = 30.0
    capacity: int = 8192

    def leaving(self) -> "Limits":
        """The limits while the server ends: what is on its way has a moment, and the supervisor's patience an end."""
        return replace(self, head=min(self.head, 2.0), body=min(self.body, 2.0), answer=min(self.answer, 5.0))


class Wakeable(Protocol):
    """An event, as far as it is set."""

    def set(self) -> None:
        """As asyncio.Event has it."""


class Cycle(Protocol):
    """What uvicorn and the sweep look at in a request: uvicorn's own, or one of the fast lane."""

    disconnected: bool
    keep_alive: bool

    @property
    def more_body(self) -> bool:
        """Whether some of the body is still to come."""

    @property
    def response_started(self) -> bool:
        """Whether a part of the answer was sent."""

    @property
    def response_complete(self) -> bool:
        """Whether all of it was sent."""

    @property
    def message_event(self) -> Wakeable:
        """What the application waits on."""


class Connection(HttpToolsProtocol):
    """One connection, whose refusals are problems as RFC 9457 has them."""

    cycle: Cycle | None  # type: ignore[assignment]
    in_head = False
    phase: tuple[str, object] = ("new", None)
    since: float = 0.0
    began = False
    _upgrading = False
    _bytes = 0

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: Limits,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._capacity = limits.capacity
        # uvicorn logs paths, and with them secrets, whenever its logger has somewhere to write to.
        self.access_log = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A client comes; where there are too many, one that is idle goes, or else this one."""
        super().connection_made(transport)
        if len(self.connections) > self._capacity:
            others = (one for one in self.connections if isinstance(one, Connection) and one is not self)
            leaving = next((one for one in others if one.where()[0] == "idle"), self)
            leaving.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Read what came. A message is limited in size, but for its first piece (256 KiB at most)."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as pause:
            self._pass_over_upgrade(data[pause.args[0] :])
            return
        except httptools.HttpParserError:
            self._end_malformed()
            return
        if self.began:
            self.began = False
            self._bytes = 0
            return
        self._bytes += len(data)
        if self._bytes > _MAX_HEAD and self.in_head:
            self.refuse(answers.HEAD_TOO_LARGE)
        elif self._bytes > _MAX_MESSAGE:
            self.transport.close()

    def eof_received(self) -> bool:  # type: ignore[override]  # as asyncio has it
        """The client will send no more; what it sent whole is answered, and then the connection ends."""
        waits = self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body
        if self.cycle is not None and waits:
            self.cycle.keep_alive = False
        return waits

    def on_message_begin(self) -> None:
        """A request's first byte."""
        super().on_message_begin()
        self.in_head = self.began = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header. Fields that trail a body are dropped: what they say was not there when it mattered."""
        if self.in_head:
            name = name.lower()
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """A head is there. One that asks for another protocol is not acted upon, as the parser leaves out its body."""
        self.in_head = False
        self._upgrading = self.parser.should_upgrade()
        if not self._upgrading:
            self.on_head()

    def on_head(self) -> None:
        """A head that is to be answered."""
        self.in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The end of a request."""
        if not self._upgrading:
            self.on_whole()

    def on_whole(self) -> None:
        """The end of a request that is to be answered."""
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """As uvicorn has it, without a timer for each request."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())

    def where(self) -> tuple[str, object]:
        """What the connection is at, and in which request."""
        if self.in_head:
            return "head", self.headers
        if self.cycle is None or self.cycle.response_complete:
            return "idle", self.cycle
        return "body" if self.cycle.more_body else "answer", self.cycle

    def refuse(self, answer: Answer | None) -> None:
        """Answer in the application's place where no answer was given yet, and close.

        The application sees a client that went away.
        """
        cycle = self.cycle
        begun = False
        if cycle is not None and not cycle.response_complete:
            begun = cycle.response_started or len(self.pipeline) > 0 or self.in_head
            cycle.disconnected = True
            cycle.message_event.set()
        if answer is not None and not begun:
            self.transport.write(answer.as_bytes(self.server_state.default_headers, keep_alive=False))
        self.transport.close()

    def _end_malformed(self) -> None:
        """Nothing can be read any more; a request that came whole before that gets its answer first."""
        if self.cycle is None or self.cycle.response_complete or self.cycle.more_body:
            self.refuse(answers.MALFORMED)
        else:
            self.cycle.keep_alive = False

    def _pass_over_upgrade(self, rest: bytes) -> None:
        """Read a request again without its wish for another protocol, which Java's client has at every first one."""
        if not any(name == b"upgrade" for name, _ in self.headers):
            self.refuse(answers.MALFORMED)  # CONNECT
            return
        fields = [field for field in self.headers if field[0] not in (b"upgrade", b"connection")]
        lines = (name + b": " + value + b"\r\n" for name, value in fields)
        head = b"".join((self.parser.get_method(), b" ", self.url, b" HTTP/1.1\r\n", *lines, b"\r\n"))
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(head + rest)


_TOO_SLOW = {"head": answers.TIMED_OUT, "body": answers.TIMED_OUT, "answer": answers.BUSY}


def sweep(connections: Iterable[Connection], limits: Limits, now: float) -> None:
    """Ends what has been at the same for too long. `now` is in seconds of a clock that never goes back."""
    allowed = {"idle": limits.idle, "head": limits.head, "body": limits.body, "answer": limits.answer}
    for connection in connections:
        phase = connection.where()
        if phase[0] != connection.phase[0] or phase[1] is not connection.phase[1]:
            connection.phase, connection.since = phase, now
        elif now - connection.since > allowed[phase[0]]:
            connection.refuse(_TOO_SLOW.get(phase[0]))
