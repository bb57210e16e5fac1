"""A record as a CloudEvent in binary mode (CloudEvents 1.0, Kafka protocol binding 1.0.2), and back.

The value is the body, the key the record's key. Attributes are headers: `ce_specversion`, `ce_id`, `ce_source`,
`ce_type`, `ce_time` (RFC 3339, milliseconds, UTC), and `content-type`. Two headers are this log's own:
`delivrd_context` and `delivrd_replayof`, absent where empty.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from schemas.record import Record

Headers = tuple[tuple[bytes, bytes], ...]

COMMON = (b"ce_specversion", b"ce_source", b"ce_type", b"content-type")
"""The names that every message of this log begins with, in this order."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@lru_cache(maxsize=1024)
def common_headers(source: str, type_: str, content_type: str) -> Headers:
    """The headers that most records of a source share; the same tuple for the same arguments."""
    return tuple(zip(COMMON, (b"1.0", source.encode(), type_.encode(), content_type.encode()), strict=True))


def own_headers(record: Record) -> Headers:
    """The headers that differ from record to record."""
    headers: Headers = ((b"ce_id", record.id.encode()), (b"ce_time", _write_time(record.time)))
    if record.context:
        headers += ((b"delivrd_context", record.context),)
    if record.replay_of:
        headers += ((b"delivrd_replayof", record.replay_of.encode()),)
    return headers


def record_of(key: bytes | None, value: bytes | None, headers: Mapping[bytes, bytes | None], timestamp: int) -> Record:
    """The record of a Kafka message; `timestamp` (ms) is its own, for what came without a readable `ce_time`.

    Never fails: others may write to a topic, and what is missing is empty, so that the record becomes a dead letter.
    """
    get = headers.get
    return Record(
        _text(get(b"ce_id")),
        _text(get(b"ce_source")),
        _text(get(b"ce_type")),
        read_time(get(b"ce_time"), timestamp),
        None if key is None else _text(key),
        _text(get(b"content-type")),
        get(b"delivrd_context") or b"",
        value or b"",
        _text(get(b"delivrd_replayof")),
    )


def _text(value: bytes | None) -> str:
    return value.decode("utf-8", "replace") if value else ""


def _write_time(milliseconds: int) -> bytes:
    seconds, rest = divmod(milliseconds, 1000)
    return b"%b.%03dZ" % (_write_second(seconds), rest)


@lru_cache(maxsize=64)
def _write_second(seconds: int) -> bytes:
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0").encode()


def read_time(text: bytes | None, otherwise: int) -> int:
    """Milliseconds since 1970 of an ISO 8601 time; `otherwise` where it is none."""
    if not text:
        return otherwise
    if len(text) == 24 and text[19] == 46 and text[23] == 90 and text[20:23].isdigit():
        seconds = _read_second(text[:19])
        return otherwise if seconds is None else seconds * 1000 + int(text[20:23])
    try:
        moment = datetime.fromisoformat(text.decode())
        return (moment.replace(tzinfo=moment.tzinfo or UTC) - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        return otherwise


@lru_cache(maxsize=1024)
def _read_second(text: bytes) -> int | None:
    try:
        return (datetime.fromisoformat(text.decode()).replace(tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
    except ValueError:
        return None
