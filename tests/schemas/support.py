from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from schemas.adapter import Element, Source
from schemas.event import Event
from schemas.providers import adapters
from schemas.record import Record, RecordType

ARRIVED = 1_775_989_805_000
BRAZIL = Source(name="integrax-br", provider="integrax", region="BR")
PHONES = Source(name="phones", provider="smsgateway24", region="DE")

FIXTURES = Path(__file__).parents[1] / "fixtures"


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def ms(iso: str) -> int:
    return round(datetime.fromisoformat(iso).timestamp() * 1000)


def body_of(fields: Any) -> bytes:
    return msgspec.json.encode(fields)


def record_of(body: bytes, source: Source, *, key: str | None = None, type: str = RecordType.WEBHOOK) -> Record:  # noqa: A002
    return Record("r-0", source.name, type, ARRIVED, key, "application/json", b"", body)


def one(body: bytes, source: Source) -> Element:
    """The only element of a body."""
    (element,) = adapters[source.provider].split(body, source)
    return element


def event_of(body: bytes, source: Source, *, type: str = RecordType.WEBHOOK) -> Event:  # noqa: A002
    event = adapters[source.provider].read(record_of(body, source, type=type), source)
    assert event is not None
    return event
