"""What makes two tellings the same fact, and what names one message.

All inputs are raw, as the provider gave them: a better reading of the same report keeps its identity.
XXH3 is used because ClickHouse computes the same 64-bit value (`xxh3`), so that a look-up by id can be
written in SQL.
"""

import msgspec
import xxhash

from schemas.event import Kind, Origin

_encode = msgspec.msgpack.encode


def report_identity(
    source: str,
    kind: Kind,
    origin: Origin,
    message_key: str,
    provider_status: str,
    error_code: str,
    occurred_raw: str,
    part: str = "",
) -> int:
    """128-bit identity of a report or submission.

    `occurred_raw` is the time as the provider wrote it, empty where it gave none; `part` is the
    segment's number where each segment is reported.
    """
    fields = (source, kind.value, origin.value, message_key, provider_status, error_code, occurred_raw, part)
    return xxhash.xxh3_128_intdigest(_encode(fields))


def inbound_identity(source: str, message_key: str) -> int:
    """128-bit identity of an inbound message: of its id, or of its content where `message_key` is made of that.

    Whoever told it, the webhook or a poll, it is one message that came once.
    """
    return content_identity(Kind.INBOUND.value, source, message_key)


def content_identity(*fields: str) -> int:
    """128-bit identity of what has no id of its own: an inbound message, a dead letter. Raw fields, as ever."""
    return xxhash.xxh3_128_intdigest(_encode(fields))


def id_hash(message_id: str) -> int:
    """64 bits; ClickHouse: `xxh3(message_id)`."""
    return xxhash.xxh3_64_intdigest(message_id.encode())


def message_hash(inbound: bool, source: str, message_key: str) -> int:
    """64 bits that name one message. Inbound and outbound messages never share one."""
    return xxhash.xxh3_64_intdigest(f"{'in' if inbound else 'out'}\x1f{source}\x1f{message_key}".encode())


def dead_letter_identity(source: str, record_type: str, context: bytes, body: bytes) -> int:
    """128-bit identity of what could not be read: the same bytes from the same source are the same dead letter."""
    return xxhash.xxh3_128_intdigest(_encode((source, record_type, context, body)))
