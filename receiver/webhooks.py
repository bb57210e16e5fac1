"""One POST of a provider, or of the application that sends, from its path to its answer.

A raw ASGI application, because routing, parsing arguments and building response objects would cost more
than everything it does.
"""

import asyncio
import itertools
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar.types import HTTPScope, Receive, Send

from pipeline.clock import Clock
from receiver import answers
from receiver.access import Door, signed, way_of
from receiver.answers import Answer, give
from receiver.bodies import WRAPPINGS, Damaged, Gone, TooLarge, read_body, unpack
from receiver.keeping import Keeper
from receiver.reading import Arrival, read, unreadable
from receiver.sources import IntakeSource
from receiver.tally import Tally
from schemas.adapter import Unreadable
from schemas.record import MAX_BODY, MAX_CONTEXT, Record

SMALL = 128 * 1024
"""Bodies from this size on are read beside the event loop, so that the small ones do not wait for them."""

_MAX_HEADER = 255


class Webhooks:
    """`POST /v1/webhooks/{source}/{secret}`, and the same with `submissions`."""

    def __init__(self, door: Door, keeper: Keeper, tally: Tally, clock: Clock) -> None:
        self.door = door
        self.keeper = keeper
        self.tally = tally
        self._clock = clock
        self._next_id = map(f"{secrets.token_hex(8)}.{{:x}}".format, itertools.count()).__next__

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one request, as an ASGI application."""
        path = scope["raw_path"]
        source = None
        try:
            if scope["method"] != "POST":
                answer = answers.ONLY_POST if path.count(b"/") == 4 else answers.NOT_FOUND
            else:
                source = self.door.admit(path, list(scope["headers"]), scope["client"])
                answer = answers.NOT_FOUND if source is None else await self._answer(source, scope, receive)
        except TooLarge:
            answer = answers.TOO_LARGE
        except Gone:
            return
        self.tally.answered(source.source.name if source else "", answer.status)
        await give(send, answer)

    async def _answer(self, source: IntakeSource, scope: HTTPScope, receive: Receive) -> Answer:
        headers = dict(scope["headers"])
        if int(headers.get(b"content-length", 0)) > MAX_BODY:
            raise TooLarge
        body = await read_body(receive)
        arrival = self.arrival(source, scope["raw_path"], headers, scope["query_string"], body)
        if arrival is None:
            return answers.NOT_FOUND
        coding = headers.get(b"content-encoding", b"")
        if coding or len(body) >= SMALL:
            records, answer = await asyncio.to_thread(_unpack_and_read, arrival, coding, body)
        else:
            records, answer = read(arrival, body)
        if not await self.keeper.kept(records):
            return answers.BUSY
        self.tally.kept(source.source.name, len(body))
        return answer

    def arrival(
        self, source: IntakeSource, path: bytes, headers: Mapping[bytes, bytes], query: bytes, body: bytes
    ) -> Arrival | None:
        """A request that came whole, just now; None where its signature is not right."""
        if source.signature and not signed(source.signature, headers.get(source.signature.header, b""), body):
            return None
        return Arrival(
            id=self._next_id(),
            type=way_of(path),
            source=source,
            time=self._clock(),
            content_type=headers.get(b"content-type", b"")[:_MAX_HEADER].decode("latin-1"),
            noted=_noted(query) if query else {},
        )


def _unpack_and_read(arrival: Arrival, header: bytes, body: bytes) -> tuple[list[Record], Answer]:
    coding = header[:_MAX_HEADER].decode("latin-1").strip().lower()
    if coding in ("identity", ""):
        return read(arrival, body)
    packed = msgspec.structs.replace(arrival, noted={**arrival.noted, "content_encoding": coding})
    if coding not in WRAPPINGS:
        records, answer = read(arrival, body)
        if answer.status != 400:  # some name a charset here: what can be read is what it is
            return records, answer
        detail = f"This content encoding is not known; these are: {', '.join(WRAPPINGS)}."
        records, _ = unreadable(packed, body, Unreadable("bad_encoding", detail, malformed=True))
        accepted = [(b"accept-encoding", ", ".join(WRAPPINGS).encode())]
        return records, answers.problem(415, detail, accepted, reason="bad_encoding", request=arrival.id)
    try:
        unpacked = unpack(body, coding)
    except Damaged:
        damaged = Unreadable("bad_encoding", "The body is not packed the way its header says.", malformed=True)
        return unreadable(packed, body, damaged)
    return read(arrival, unpacked)


def _noted(query: bytes) -> dict[str, Any]:
    """The query string, cut so that it fits the context in JSON, where each character may take twice its size."""
    text = query.decode("latin-1")
    most = MAX_CONTEXT // 2 - 512
    return {"query": text} if len(text) <= most else {"query": text[:most], "query_length": len(text)}
