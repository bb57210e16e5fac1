"""Getting a request's body in: its size, its time, its packing."""

import zlib

from litestar.types import Receive

from schemas.record import MAX_BODY

WRAPPINGS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""The content codings that are unpacked, and zlib's name for their wrapping."""

_RAW_DEFLATE = -15


class TooLarge(Exception):
    """The body is larger than 8 MiB, as sent or unpacked."""


class Gone(Exception):
    """The client went away, or was sent away, before the body was there."""


class Damaged(Exception):
    """The body is not packed the way it says."""


async def read_body(receive: Receive) -> bytes:
    """The whole body as it was sent. Stops reading at the limit. Raises TooLarge or Gone."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        body += message["body"]
        if len(body) > MAX_BODY:
            raise TooLarge
        more = message["more_body"]
    return bytes(body)


def unpack(body: bytes, coding: str) -> bytes:
    """The unpacked body; stops at the limit, whatever is still to come. Raises TooLarge or Damaged.

    One gzip member is read, as senders make them; what follows it counts as damage.
    """
    wrapping = WRAPPINGS[coding]
    try:
        return _inflate(body, wrapping)
    except zlib.error:
        if coding != "deflate":
            raise Damaged from None
    try:
        # Some senders leave the zlib wrapping away, which RFC 9110 (8.4.1.2) knows.
        return _inflate(body, _RAW_DEFLATE)
    except zlib.error:
        raise Damaged from None


def _inflate(body: bytes, wrapping: int) -> bytes:
    stream = zlib.decompressobj(wrapping)
    unpacked = stream.decompress(body, MAX_BODY + 1)
    if len(unpacked) > MAX_BODY:
        raise TooLarge
    if not stream.eof or stream.unused_data:
        raise Damaged
    return unpacked
