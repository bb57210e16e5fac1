"""Imported history: canonical events, and the provider's own bodies."""

import pytest

from schemas.adapter import Source, Unreadable
from schemas.event import Event, Kind, Origin
from schemas.providers import adapters
from schemas.record import RecordType
from schemas.status import Family, Status
from tests.schemas.support import ARRIVED, BRAZIL, SYDNEY, body_of, fixture, ms, record_of

REPORT = {"kind": "report", "message_id": "m1", "recipient": "5511999999999", "status": "delivered"}


def imported(fields: object, source: Source = BRAZIL) -> Event:
    body = fields if isinstance(fields, bytes) else body_of(fields)
    adapter = adapters[source.provider]
    [element] = adapter.split_import(body, source)
    if element.problem:
        raise element.problem
    event = adapter.read(record_of(element.body, source, type=RecordType.IMPORT), source)
    assert event
    assert element.key == f"{source.name}/{event.message_id}"
    return event


def test_an_event_in_canonical_words() -> None:
    event = imported({**REPORT, "occurred_at": "2026-01-02T03:04:05Z", "cost": "0.05", "currency": "BRL"})
    assert (event.kind, event.origin, event.source) == (Kind.REPORT, Origin.IMPORT, "integrax-br")
    assert (event.status, event.message_key, event.cost) == (Status.DELIVERED, "m1/5511999999999", 0.05)
    assert (event.occurred_at, event.received_at) == (ms("2026-01-02T03:04:05Z"), ARRIVED)
    assert (event.country, event.carrier) == ("BR", "Vivo")


def test_what_is_said_expressly_is_kept() -> None:
    said = {"country": "c01", "carrier": "r7", "number_type": "mobile", "received_at": 1767225600, "status": "failed"}
    event = imported({**REPORT, **said, "error_family": "absent", "recipient": ""})
    assert (event.country, event.carrier, event.number_type) == ("c01", "r7", "mobile")
    assert (event.received_at, event.occurred_at) == (1767225600000, 1767225600000)
    assert (event.status, event.error_family) == (Status.FAILED, Family.ABSENT)
    assert event.message_key == "m1", "without a recipient, its id names it"


def test_nothing_arrived_later_than_it_was_imported() -> None:
    assert imported({**REPORT, "received_at": ARRIVED + 1}).received_at == ARRIVED


def test_a_providers_word_goes_through_its_table() -> None:
    event = imported({"kind": "report", "message_id": 7, "recipient": "5511999999999", "provider_status": "UNDELIV"})
    assert (event.status, event.provider_status) == (Status.UNDELIVERABLE, "UNDELIV")
    assert imported({**REPORT, "status": "EXPIRED"}).status is Status.EXPIRED
    assert imported({**REPORT, "status": "whatever"}).status is Status.UNKNOWN


def test_a_submission_and_an_inbound_message() -> None:
    event = imported({"kind": "submission", "message_id": "m1", "recipient": "5511999999999"})
    assert (event.kind, event.status) == (Kind.SUBMISSION, Status.ACCEPTED)
    event = imported({"kind": "inbound", "sender": "61412345678", "text": "Hi", "occurred_at": 1767225600}, SYDNEY)
    assert (event.kind, event.sender, len(event.message_id)) == (Kind.INBOUND, "+61412345678", 32)


def test_a_body_as_the_webhook_gets_it() -> None:
    event = imported(fixture("integrax/dlr_seed.json"))
    assert (event.origin, event.message_id, event.status) == (Origin.IMPORT, "abc123", Status.DELIVERED)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({**REPORT, "kind": "balance"}, "bad_field"),
        ({**REPORT, "message_id": ""}, "missing_id"),
        ({**REPORT, "status": ""}, "unknown_shape"),
        ({"hello": "world"}, "unknown_shape"),
    ],
)
def test_what_cannot_be_read(fields: object, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        imported(fields)
    assert caught.value.reason == reason
