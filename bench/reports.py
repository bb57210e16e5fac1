"""Delivery reports to measure with: Integrax bodies about messages to Brazilian mobiles, two a message."""

from collections.abc import Iterator
from datetime import UTC, datetime

from schemas.record import Record, RecordType

SOURCE = "integrax-br"
"""The source of the settings that the first start writes."""

_PREFIXES = ("55119939", "55119690", "55119814", "55219877", "55519999", "55819991", "55319879", "55219913")
_FINALS = ("DELIVRD",) * 18 + ("UNDELIV", "EXPIRED")
_APART = 5_000
"""So many messages later a message's second report comes."""


def body(message: int, second: bool, at_ms: int) -> bytes:
    """One report: the first says that the message was accepted, the second how it ended."""
    status = _FINALS[message % len(_FINALS)] if second else "ACCEPTD"
    number = f"{_PREFIXES[message % len(_PREFIXES)]}{message * 7919 % 100_000:05d}"
    time = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'{{"messageId":"m{message:09d}","phone":"{number}","status":"{status}","timestamp":"{time}",'
        f'"campaign":"b7a6b1f2-0c1d-4c5e-9f3a-2d1e0f9a8b7c"}}'
    ).encode()


def records(count: int, start: int, now_ms: int) -> Iterator[Record]:
    """`count` records, no two of them the same fact, of messages from number `start` on, told until `now_ms`."""
    for index in range(count):
        block, place = divmod(index, 2 * _APART)
        message = start + block * _APART + place % _APART
        at = now_ms - (count - index)
        yield Record(
            id=f"{start + index:032x}-0",
            source=SOURCE,
            type=RecordType.WEBHOOK,
            time=at,
            key=f"{SOURCE}/m{message:09d}",
            content_type="application/json",
            context=b"",
            body=body(message, place >= _APART, at),
        )
