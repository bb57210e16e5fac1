"""Records written as Kafka's record batches (message format 2).

The client library does it as well, at several times the cost: it builds each message and each header byte by
byte. Layout: https://kafka.apache.org/documentation/#recordbatch
"""

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from crc32c import crc32c

from pipeline.kafka_log.cloudevents import Headers, common_headers, own_headers
from schemas.record import Record

# base offset, length, leader epoch, magic, CRC | attributes, last offset delta, first and last timestamp,
# producer id, epoch, base sequence, count
_HEAD = struct.Struct(">qiibI")
_BODY = struct.Struct(">hiqqqhii")
HEAD_BYTES = _HEAD.size + _BODY.size
RECORD_BYTES = 12
"""At most so much comes to a record's bytes within a batch: its length, attributes, and two deltas."""
_AFTER_LENGTH = _HEAD.size - 12


class Encoded(NamedTuple):
    """A record ready for a batch: what follows its offset."""

    key: bytes | None
    rest: bytes


def encode(record: Record) -> Encoded:
    """The record as a message: key, value, headers. Raises UnicodeEncodeError where a text is none."""
    key = None if record.key is None else record.key.encode()
    common = common_headers(record.source, record.type, record.content_type)
    own = own_headers(record)
    parts = [
        b"\1" if key is None else write_varint(len(key)) + key,
        write_varint(len(record.body)),
        record.body,
        write_varint(len(common) + len(own)),
        encode_headers(common),
    ]
    for name, value in own:
        parts += (encode_name(name), write_varint(len(value)), value)
    return Encoded(key, b"".join(parts))


def build(rests: Sequence[bytes], timestamp: int) -> bytes:
    """One batch of the messages whose `rest` is given, all of the same time (ms)."""
    parts: list[bytes] = []
    for position, rest in enumerate(rests):
        delta = write_varint(position)
        parts += (write_varint(2 + len(delta) + len(rest)), b"\0\0", delta, rest)
    count = len(rests)
    body = _BODY.pack(0, count - 1, timestamp, timestamp, -1, -1, -1, count) + b"".join(parts)
    return _HEAD.pack(0, _AFTER_LENGTH + len(body), -1, 2, crc32c(body)) + body


@lru_cache(maxsize=32 * 1024)
def write_varint(value: int) -> bytes:
    """A zigzag varint of a number that is not negative."""
    value <<= 1
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


@lru_cache(maxsize=1024)
def encode_headers(headers: Headers) -> bytes:
    """Names and values as they stand in a message, after their number."""
    return b"".join(encode_name(name) + write_varint(len(value)) + value for name, value in headers)


@lru_cache(maxsize=64)
def encode_name(name: bytes) -> bytes:
    """A header's name as it stands in a message."""
    return write_varint(len(name)) + name
