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
SYDNEY = Source(name="aatrox-au", provider="aatrox", region="AU", timezone="Australia/Sydney")
KAMPALA = Source(name="ugsms-ug", provider="ugsms", region="UG")

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


def answer_events(body: bytes, asked: dict[str, str], source: Source) -> list[Event]:
    """The events of the answer to a poll, each read from the record that the poller makes of its element."""
    adapter = adapters[source.provider]
    context = msgspec.json.encode({"asked": asked})
    events = []
    for element in adapter.split_answer(body, asked, source):
        if element.problem:
            raise element.problem
        record = Record("p-0", source.name, RecordType.POLL, ARRIVED, element.key, "", context, element.body)
        assert element.body in body
        event = adapter.read(record, source)
        assert (event is None) == (element.key is None)
        if event:
            assert element.key == f"{source.name}/{event.message_id}"
            events.append(event)
    return events


def says_nothing(body: bytes, asked: dict[str, str], source: Source) -> bool:
    """Whether an answer is one element that nothing is to be read from, neither now nor from its record."""
    adapter = adapters[source.provider]
    [element] = adapter.split_answer(body, asked, source)
    context = msgspec.json.encode({"asked": asked})
    event = adapter.read(Record("p-0", source.name, RecordType.POLL, ARRIVED, None, "", context, element.body), source)
    return (element.key, element.problem, event) == (None, None, None)


def submitted(fields: Any, source: Source) -> list[Event]:
    """The events of what an application posts. What an element is split into again is itself."""
    body = fields if isinstance(fields, bytes) else body_of(fields)
    adapter = adapters[source.provider]
    events = []
    for element in adapter.split_submission(body, source):
        if element.problem:
            raise element.problem
        assert [again.body for again in adapter.split_submission(element.body, source)] == [element.body]
        event = adapter.read(record_of(element.body, source, type=RecordType.SUBMISSION), source)
        assert (event is None) == (element.key is None)
        if event:
            assert element.key == f"{source.name}/{event.message_id}"
            events.append(event)
    return events
