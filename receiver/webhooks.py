"""The hot path: one POST of a provider, from its path to its answer.

A raw ASGI application, because routing, parsing arguments and building response objects would cost more
than everything it does.
"""

import asyncio
import itertools
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import structlog
from litestar.types import HTTPScope, Receive, Send

from pipeline.log import LogAppender, LogFull, LogUnavailable
from receiver import answers
from receiver.answers import Answer
from receiver.bodies import WRAPPINGS, Damaged, Gone, TooLarge, read_rest, unpack
from receiver.reading import Arrival, read, unreadable
from receiver.sources import IntakeSource, Network, admitted, sender, signed, within
from schemas.adapter import Unreadable
from schemas.record import MAX_BODY, MAX_CONTEXT, Record

Headers = Sequence[tuple[bytes, bytes]]

_IN_A_THREAD = 128 * 1024
"""Bodies from this size on are read beside the event loop, so that the small ones do not wait for them."""

_MAX_CONTENT_TYPE = 255
_log = structlog.get_logger()


class Webhooks:
    """`POST /v1/webhooks/{source}/{secret}`. `sources` and `trusted` may be exchanged at any time."""

    def __init__(
        self,
        sources: Mapping[bytes, IntakeSource],
        trusted: Sequence[Network],
        appender: LogAppender,
        clock: Callable[[], int],
    ) -> None:
        self.sources = sources
        self.trusted = trusted
        self._appender = appender
        self._clock = clock
        self._next_id = map(f"{secrets.token_hex(8)}.{{:x}}".format, itertools.count()).__next__

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            answer = await self._answer(scope, receive)
        except Gone:
            return
        await send(answer.start)
        await send(answer.body)

    async def _answer(self, scope: HTTPScope, receive: Receive) -> Answer:
        # The path as it was sent: nothing is decoded or normalized, so that only the exact URL is right.
        parts = scope["raw_path"].split(b"/")
        if len(parts) != 5 or parts[1] != b"v1" or parts[2] != b"webhooks":
            return answers.NOT_FOUND
        if scope["method"] != "POST":
            return answers.ONLY_POST
        source = admitted(self.sources, parts[3], parts[4])
        headers = dict(scope["headers"])
        if source is None or (source.networks and not self._near(scope, source)):
            return answers.NOT_FOUND
        if int(headers.get(b"content-length", 0)) > MAX_BODY:
            return answers.TOO_LARGE
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        body = message["body"]
        try:
            if message["more_body"] or len(body) > MAX_BODY:
                body = await read_rest(receive, body)
            if source.signature and not signed(source.signature, headers.get(source.signature.header, b""), body):
                return answers.NOT_FOUND
            arrival = Arrival(
                id=self._next_id(),
                source=source,
                time=self._clock(),
                content_type=headers.get(b"content-type", b"")[:_MAX_CONTENT_TYPE].decode("latin-1"),
                noted=_noted(scope["query_string"]) if scope["query_string"] else {},
            )
            coding = headers.get(b"content-encoding")
            if coding is None and len(body) < _IN_A_THREAD:
                records, answer = read(arrival, body)
            else:
                records, answer = await asyncio.to_thread(_unpack_and_read, arrival, body, coding or b"identity")
        except TooLarge:
            return answers.TOO_LARGE
        return await self._keep(records, answer)

    async def _keep(self, records: Sequence[Record], answer: Answer) -> Answer:
        """The answer, once the records are durable."""
        try:
            await self._appender.append(records)
        except (LogFull, LogUnavailable):
            return answers.BUSY
        except Exception as error:  # noqa: BLE001 (whatever it was, nothing is known to be kept)
            _log.error("append_failed", error=type(error).__name__)
            return answers.BUSY
        return answer

    def _near(self, scope: HTTPScope, source: IntakeSource) -> bool:
        client = scope["client"]
        forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        return client is not None and within(sender(client[0], forwarded, self.trusted), source.networks)


def _unpack_and_read(arrival: Arrival, body: bytes, coding: bytes) -> tuple[list[Record], Answer]:
    coding = coding.strip().lower()
    if coding in (b"identity", b""):
        return read(arrival, body)
    packed = msgspec.structs.replace(
        arrival, noted={**arrival.noted, "content_encoding": coding[:_MAX_CONTENT_TYPE].decode("latin-1")}
    )
    if coding not in WRAPPINGS:
        records, _ = unreadable(packed, body, Unreadable("bad_encoding", "", malformed=True))
        accepted = [(b"accept-encoding", ", ".join(sorted(name.decode() for name in WRAPPINGS)).encode())]
        return records, answers.problem(
            415, "This content encoding is not known.", accepted, reason="bad_encoding", request=arrival.id
        )
    try:
        return read(arrival, unpack(body, coding))
    except Damaged:
        damaged = Unreadable("bad_encoding", "The body is not packed the way its header says.", malformed=True)
        return unreadable(packed, body, damaged)


def _noted(query: bytes) -> dict[str, Any]:
    """The query string, cut so that it fits the context in JSON, where each character may take twice its size."""
    text = query.decode("latin-1")
    most = MAX_CONTEXT // 2 - 512
    return {"query": text} if len(text) <= most else {"query": text[:most], "query_length": len(text)}
