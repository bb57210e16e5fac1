"""The fast lane: a small webhook or submission that came in one piece is answered below ASGI.

It does the same as the application, through the same functions, without what ASGI and uvicorn cost each
request: a scope, a cycle, an event, a task, and a second write for the response's body. Whatever is not usual
(a body in pieces, packed or large, HTTP/1.0, a pipelined request) goes to the application.
"""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from receiver import answers, mistakes
from receiver.answers import Answer
from receiver.connections import Connection, Limits
from receiver.reading import read
from receiver.webhooks import SMALL, Webhooks

_PREFIXES = (b"/v1/webhooks/", b"/v1/submissions/")


class _NoEvent:
    """Nobody waits for a message here."""

    def set(self) -> None:
        """As asyncio.Event has it."""


class _Taken:
    """A request of the lane that waits for the log, as uvicorn looks at it: its cycle."""

    __slots__ = ("_answer", "_connection", "_size", "_source", "disconnected", "keep_alive", "response_complete")
    more_body = False
    response_started = False
    message_event = _NoEvent()

    def __init__(self, connection: "Lane", source: str, answer: Answer, size: int) -> None:
        self._connection = connection
        self._source = source
        self._answer = answer
        self._size = size
        self.keep_alive: bool = connection.parser.should_keep_alive()
        self.disconnected = False
        self.response_complete = False

    def settled(self, kept: bool) -> None:
        """The log has it or not."""
        if kept:
            self._connection.webhooks.tally.kept(self._source, self._size)
        else:
            self._answer = answers.BUSY
        self.give()

    def give(self) -> None:
        """Send the answer, and let the connection go on."""
        connection, answer = self._connection, self._answer
        connection.webhooks.tally.answered(self._source, answer.status)
        self.response_complete = True
        if self.disconnected or connection.transport.is_closing():
            return
        connection.transport.write(answer.as_bytes(connection.server_state.default_headers, keep_alive=self.keep_alive))
        if not self.keep_alive:
            connection.transport.close()
        connection.on_response_complete()


class Lane(Connection):
    """A connection whose usual webhooks take the fast lane."""

    _taking = False

    def __init__(
        self,
        webhooks: Webhooks,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: Limits,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop, limits=limits)
        self.webhooks = webhooks
        self._body = b""

    def data_received(self, data: bytes) -> None:
        """What stands on the lane without its end when a piece is read goes the usual way."""
        super().data_received(data)
        if self._taking:
            self._leave()

    def on_message_begin(self) -> None:
        """As uvicorn has it, without a scope, which the lane does not need."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self.in_head = self.began = True

    def on_head(self) -> None:
        """Take the lane where nothing speaks against it."""
        self._body = b""
        self._taking = True
        if (
            not self.url.startswith(_PREFIXES)
            or self.parser.get_method() != b"POST"
            or self.parser.get_http_version() != "1.1"
            or (self.cycle is not None and not self.cycle.response_complete)
        ):
            self._leave()

    def on_body(self, body: bytes) -> None:
        """A piece of the body; the first one is mostly all of it."""
        if self._taking and not self._body:
            self._body = body
            return
        if self._taking:
            self._leave()
        super().on_body(body)

    def on_whole(self) -> None:
        """The whole request is there."""
        if self._taking and self._take():
            self._taking = False
            return
        if self._taking:
            self._leave()
        super().on_whole()

    def _leave(self) -> None:
        """Go on as uvicorn would have from the start."""
        url, headers, expect = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expect
        self.headers += headers
        self._taking = False
        super().on_head()
        if self._body:
            super().on_body(self._body)

    def _take(self) -> bool:
        """Answer the request here, if it is small and plain."""
        headers, body = dict(self.headers), self._body
        if b"content-encoding" in headers or len(body) >= SMALL:
            return False
        path, _, query = self.url.partition(b"?")
        name = ""
        try:
            source = self.webhooks.door.admit(path, self.headers, self.client)
            name = source.source.name if source else ""
            arrival = self.webhooks.arrival(source, path, headers, query, body) if source else None
            records, answer = read(arrival, body) if arrival else ([], answers.NOT_FOUND)
        except Exception as error:  # noqa: BLE001 (the parser, which calls this, would call it the sender's mistake)
            mistakes.tell("request_failed", error)
            records, answer = [], answers.FAILED
        self.cycle = taken = _Taken(self, name, answer, len(body))
        if records:
            self.webhooks.keeper.keep(records, taken.settled)
        else:
            taken.give()
        return True
