"""What holds for every body and every source, whatever the provider."""

import math
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.adapter import Element, Source, Unreadable
from schemas.event import Event, Kind
from schemas.providers import adapters
from schemas.providers.integrax import STATUSES
from schemas.record import Record, RecordType
from schemas.status import Family, Status
from schemas.times import LATEST
from schemas.ways import split_as
from tests.schemas.support import ARRIVED, body_of, record_of

sources = st.sampled_from(
    [Source(name=f"a {provider}", provider=provider, region=region) for provider in adapters for region in ("", "BR")]
)
# Few distinct values, so that the same ones meet; odd ones, as providers send odd ones.
scalars = (
    st.none()
    | st.booleans()
    | st.sampled_from([0, 1, 5, 7, 10**25, "0", "7", "0913", "DELIVRD", "delivered", "delivery_status", "incoming_sms"])
    | st.sampled_from(["5511999999999", "+4915752982212", "2026-10-25 02:30:00", 1775989800, "a\0b", "😀"])
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)
FIELDS = [
    *("messageId", "message_id", "status", "phone", "number", "timestamp", "from", "to", "message", "text", "event"),
    *("device_id", "sms_id", "status_id", "status_message", "sendto", "senttime", "address", "date", "date_sent"),
    *("body", "img_url", "sim", "type", "x"),
]
objects = st.dictionaries(st.sampled_from(FIELDS), values, max_size=10)

QUESTIONS = ["sms", "receive", "getallsms", "getsmsstatus", "getalldevices", "getdevicestatus", "balance", "?"]
OTHER_FIELDS = [
    *("request", "answer", "http_status", "smss", "device", "data", "messages", "results", "balance", "kind", "id"),
    *("message_id", "recipient", "recipients", "status", "time", "segments", "cost", "channel", "sms_id", "lastseen"),
    *("siminfo", "subscription", "battery", "received_at", "occurred_at", "provider_status", "from_addr", "text"),
]
INNER_FIELDS = [
    *("to", "from", "numbers", "sendto", "smsdata", "datajson", "messages", "message", "token", "error", "code"),
    *("data", "messageId", "sms_id", "success", "successful_messages", "failed_messages", "index", "number"),
    *("message_id", "recipients", "estimated_cost", "remaining_balance", "id", "status", "text", "Roaming"),
]
few = st.dictionaries(st.sampled_from(["index", "number", "id", "error", "sendto"]), scalars)
inner = st.dictionaries(st.sampled_from(INNER_FIELDS), values | st.lists(few, max_size=3), max_size=5)


def reads(body: bytes, source: Source) -> Event | Unreadable | None:
    try:
        return adapters[source.provider].read(record_of(body, source), source)
    except Unreadable as problem:
        return problem


def splits(body: bytes, source: Source) -> list[Element] | Unreadable:
    try:
        return adapters[source.provider].split(body, source)
    except Unreadable as problem:
        return problem


def check(body: bytes, source: Source) -> None:
    """Every rule that `split` and `read` keep, for one body."""
    found = splits(body, source)
    if isinstance(found, Unreadable):
        whole = reads(body, source)
        assert isinstance(whole, Unreadable)
        assert (whole.reason, whole.detail) == (found.reason, found.detail)
        return
    assert found
    at = 0
    for element in found:
        at = body.index(element.body, at) + len(element.body)
        told = reads(element.body, source)
        if element.problem:
            assert isinstance(told, Unreadable)
            assert element.key is None
            assert told.reason == element.problem.reason
        elif element.key is None or told is None:
            assert told is None
        else:
            assert isinstance(told, Event)
            assert element.key == f"{source.name}/{told.message_id}"
            check_event(told)


def check_event(event: Event) -> None:
    assert event.message_id.strip() not in {"", "0"}
    assert event.message_key.startswith(event.message_id)
    assert 0 <= event.occurred_at <= LATEST
    assert event.received_at == ARRIVED
    assert 0 <= event.identity < 2**128
    assert (event.kind is Kind.REPORT) == (event.status is not Status.NONE)
    failed = event.status in {Status.EXPIRED, Status.UNDELIVERABLE, Status.REJECTED, Status.FAILED}
    assert failed == (event.error_family is not Family.NONE)
    msgspec.json.encode(event.text + event.message_key + event.recipient + event.sender)


@given(st.binary(max_size=200), sources)
def test_any_bytes(body: bytes, source: Source) -> None:
    check(body, source)


@given(
    values | objects | st.lists(objects | values, max_size=4), sources, st.sampled_from([b"", b"\xef\xbb\xbf", b" \n"])
)
def test_any_json(value: Any, source: Source, ahead: bytes) -> None:
    check(ahead + body_of(value), source)


@given(st.lists(objects, max_size=3), sources, st.data())
def test_any_json_that_was_damaged_on_the_way(value: Any, source: Source, data: st.DataObject) -> None:
    body = bytearray(body_of(value))
    at = data.draw(st.integers(0, len(body) - 1))
    body[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    check(bytes(body), source)


def splits_as(record: Record, source: Source) -> list[Element] | Unreadable:
    try:
        return split_as(adapters[source.provider], record, source)
    except Unreadable as problem:
        return problem


def check_way(record: Record, source: Source) -> None:
    """What was split from what came in any other way than the webhook is read, and is split into itself."""
    adapter = adapters[source.provider]
    found = splits_as(record, source)
    if isinstance(found, Unreadable):
        assert found.malformed or record.type == RecordType.TIMEOUT
        return
    assert found
    for element in found:
        part = msgspec.structs.replace(record, body=element.body, key=element.key)
        told = adapter.read(part, source) if element.problem is None else None
        assert (told is None) == (element.key is None)
        if told is None:
            continue
        assert element.key == f"{source.name}/{told.message_id}"
        assert 0 <= told.identity < 2**128
        assert math.isfinite(told.cost or 0)
        assert 0 <= told.segments < 2**16
        if record.type == RecordType.SUBMISSION:
            assert [one.body for one in split_as(adapter, part, source)] == [element.body]


@given(
    st.dictionaries(st.sampled_from(OTHER_FIELDS), values | inner | st.lists(inner, max_size=3), max_size=8) | values,
    sources,
    st.sampled_from([RecordType.SUBMISSION, RecordType.IMPORT, RecordType.POLL]),
    st.sampled_from(QUESTIONS),
)
def test_any_json_by_any_other_way(value: Any, source: Source, way: str, question: str) -> None:
    asked = {"question": question, "id": "m1", "number": "61400000001"}
    record = record_of(body_of(value), source, type=way)
    check_way(msgspec.structs.replace(record, context=msgspec.json.encode({"asked": asked})), source)


@given(st.binary(max_size=100), sources, st.sampled_from(list(RecordType)), st.binary(max_size=50))
def test_any_bytes_in_any_record(body: bytes, source: Source, way: str, context: bytes) -> None:
    check_way(msgspec.structs.replace(record_of(body, source, type=way), context=context), source)


@given(
    objects, sources, st.sampled_from(["", "UG", "US"]), st.sampled_from(["UTC", "Europe/Paris", "America/Sao_Paulo"])
)
def test_an_identity_is_independent_of_how_the_source_is_read(
    value: Any, source: Source, region: str, zone: str
) -> None:
    other = Source(
        name=source.name,
        provider=source.provider,
        region=region,
        timezone=zone,
        store_text=True,
        statuses=dict.fromkeys(["7", "0", "DELIVRD", "delivered"], Status.EXPIRED),
    )
    one, two = reads(body_of(value), source), reads(body_of(value), other)
    if isinstance(one, Event):
        assert isinstance(two, Event)
        names = ("identity", "message_key", "message_id", "provider_status", "kind")
        assert [getattr(one, name) for name in names] == [getattr(two, name) for name in names]
    else:
        assert type(one) is type(two)


@given(
    st.sampled_from(sorted(STATUSES)),
    st.sampled_from(["m1", "m2", 3]),
    st.sampled_from(["551199", "+551199"]),
    st.integers(0, 3),
)
def test_what_is_told_differs_and_what_is_told_again_does_not(
    status: str, given_id: object, phone: str, second: int
) -> None:
    source = Source(name="a", provider="integrax")
    fields = {"messageId": given_id, "status": status, "phone": phone, "timestamp": f"2026-04-12T10:30:0{second}Z"}
    event = reads(body_of(fields), source)
    assert isinstance(event, Event)
    again = reads(body_of(fields | {"more": 1}), source)
    assert again == event
    for change in ({"messageId": "m9"}, {"status": "X"}, {"phone": "552299"}, {"timestamp": "2026-04-12T10:30:09Z"}):
        other = reads(body_of(fields | change), source)
        assert isinstance(other, Event)
        assert other.identity != event.identity
