"""Kafka's messages (format 2) read as records.

The client library's own decoder costs more than all that comes after it. This one knows how the messages of this
log begin and end, and reads every other message the long way.
"""

from pipeline.kafka_log.batches import encode_headers, encode_name
from pipeline.kafka_log.cloudevents import COMMON, read_time, record_of
from pipeline.log import Entry
from schemas.record import Record

_ID = encode_name(b"ce_id")
_TIME = encode_name(b"ce_time") + b"\x30"
"""The name, and the length of a time as it is written here: 24."""
_TIME_BYTES = 24
_MAX_KNOWN = 1024

_known: dict[bytes, tuple[str, str, str]] = {}
"""The common headers of this log's messages as they stand in a message, and the source, type and content type
that they say. Filled from messages that were read the long way."""


def read(data: bytes, base_offset: int, count: int, timestamp: int | None, first_timestamp: int) -> list[Entry]:
    """The `count` messages of one batch, uncompressed and without its head.

    `timestamp` (ms) is the batch's where the broker set it, None where each message has its own.
    Raises IndexError or ValueError on bytes that are no messages.
    """
    entries: list[Entry] = []
    position = 0
    for _ in range(count):
        length, position = _varint(data, position)
        end = position + length
        if end > len(data):
            raise ValueError(f"a message in the batch at offset {base_offset} has no end")
        time_delta, position = _varint(data, position + 1)
        offset_delta, position = _varint(data, position)
        size, position = _varint(data, position)
        key = None if size < 0 else data[position : position + size]
        position += max(size, 0)
        size, position = _varint(data, position)
        value = None if size < 0 else data[position : position + size]
        position += max(size, 0)
        record = _quickly(data, position, end, key, value)
        if record is None:
            moment = first_timestamp + time_delta if timestamp is None else timestamp
            record = _slowly(data, position, end, key, value, moment)
        entries.append(Entry(base_offset + offset_delta, record))
        position = end
    return entries


def _quickly(data: bytes, position: int, end: int, key: bytes | None, value: bytes | None) -> Record | None:
    """The record of a message with the headers that this log writes, in their order; None for every other."""
    found = data.find(_ID, position, end)
    common = _known.get(data[position + 1 : found])
    if common is None or value is None:
        return None
    size = data[found + len(_ID)]
    at = found + len(_ID) + 1
    after_id = at + (size >> 1)
    after_time = after_id + len(_TIME) + _TIME_BYTES
    if size & 0x81 or not data.startswith(_TIME, after_id) or after_time > end:
        return None
    time = read_time(data[after_time - _TIME_BYTES : after_time], -1)
    rest = dict(_pairs(data, after_time, end)) if after_time < end else {}
    context = rest.pop(b"delivrd_context", b"")
    replay_of = rest.pop(b"delivrd_replayof", b"")
    if time < 0 or rest or context is None or replay_of is None:
        return None
    source, type_, content_type = common
    return Record(
        data[at:after_id].decode("utf-8", "replace"),
        source,
        type_,
        time,
        None if key is None else key.decode("utf-8", "replace"),
        content_type,
        context,
        value,
        replay_of.decode("utf-8", "replace"),
    )


def _slowly(data: bytes, position: int, end: int, key: bytes | None, value: bytes | None, moment: int) -> Record:
    count, start = _varint(data, position)
    pairs = _pairs(data, start, end)
    if len(pairs) != count:
        raise ValueError(f"a message has {len(pairs)} headers, and says {count}")
    record = record_of(key, value, dict(pairs), moment)
    names = tuple(name for name, _ in pairs)
    if names[: len(COMMON) + 1] == (*COMMON, b"ce_id") and len(_known) < _MAX_KNOWN:
        common = encode_headers(tuple((name, value or b"") for name, value in pairs[: len(COMMON)]))
        _known[common] = (record.source, record.type, record.content_type)
    return record


def _pairs(data: bytes, position: int, end: int) -> list[tuple[bytes, bytes | None]]:
    """The headers from `position` to `end`."""
    pairs: list[tuple[bytes, bytes | None]] = []
    while position < end:
        size, position = _varint(data, position)
        name = data[position : position + size]
        position += size
        size, position = _varint(data, position)
        pairs.append((name, None if size < 0 else data[position : position + size]))
        position += max(size, 0)
    if position != end:
        raise ValueError("a message's headers do not end where it ends")
    return pairs


def _varint(data: bytes, position: int) -> tuple[int, int]:
    """A zigzag varint, and where it ends."""
    byte = data[position]
    if byte < 0x80:
        return byte >> 1 ^ -(byte & 1), position + 1
    value = byte & 0x7F
    shift = 7
    while True:
        position += 1
        byte = data[position]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value >> 1 ^ -(value & 1), position + 1
        shift += 7
