import msgspec
import pytest

from schemas.adapter import Unreadable
from schemas.event import Kind, Origin
from schemas.record import RecordType
from schemas.status import Family, Status
from tests.schemas.support import ARRIVED, BRAZIL, body_of, event_of, fixture, ms, one

REPORT = {"messageId": "abc123", "status": "DELIVRD", "phone": "5511999999999", "timestamp": "2026-04-12T10:30:00Z"}
INBOUND = {
    "messageId": "in1",
    "from": "5511988887777",
    "to": "29094",
    "message": "SIM",
    "timestamp": "2026-04-12T10:31:00Z",
}


def test_the_report_of_the_providers_own_text() -> None:
    event = event_of(fixture("integrax/dlr_seed.json"), BRAZIL)
    assert (event.kind, event.origin, event.source, event.provider) == (
        Kind.REPORT,
        Origin.WEBHOOK,
        "integrax-br",
        "integrax",
    )
    assert (event.message_id, event.message_key) == ("abc123", "abc123/5511999999999")
    assert (event.status, event.provider_status, event.error_family) == (Status.DELIVERED, "DELIVRD", Family.NONE)
    assert event.occurred_at == ms("2026-04-12T10:30:00Z")
    assert event.received_at == ARRIVED
    assert (event.recipient, event.country, event.carrier, event.number_type) == (
        "+5511999999999",
        "BR",
        "Vivo",
        "mobile",
    )


def test_the_report_of_the_sdk_has_no_time_so_the_arrival_stands_in() -> None:
    body = fixture("integrax/dlr_sdk_readme.json")
    event = event_of(body, BRAZIL)
    assert (event.message_id, event.status, event.recipient) == ("82816396", Status.DELIVERED, "+5511999999999")
    assert event.occurred_at == event.received_at == ARRIVED
    assert one(body, BRAZIL).key == "integrax-br/82816396"
    assert one(body, BRAZIL).notice == ""


@pytest.mark.parametrize(
    ("word", "status", "family"),
    [
        ("DELIVRD", Status.DELIVERED, Family.NONE),
        ("EXPIRED", Status.EXPIRED, Family.EXPIRED),
        ("REJECTD", Status.REJECTED, Family.UNKNOWN),
        ("UNDELIV", Status.UNDELIVERABLE, Family.UNKNOWN),
    ],
)
def test_each_documented_status(word: str, status: Status, family: Family) -> None:
    body = body_of(REPORT | {"status": word})
    event = event_of(body, BRAZIL)
    assert (event.status, event.provider_status, event.error_family) == (status, word, family)
    assert one(body, BRAZIL).notice == ""


@pytest.mark.parametrize(
    "word", ["undelivered", "delivered", "UNDELIVRD", "DELIVRD ", "delivrd", "SENT_TO_OPERATOR", "", "DELIVRD\0", 0, 7]
)
def test_a_status_matches_whole_or_not_at_all(word: str | int) -> None:
    body = body_of(REPORT | {"status": word})
    event = event_of(body, BRAZIL)
    assert (event.status, event.provider_status) == (Status.UNKNOWN, str(word))
    assert event.error_family is Family.NONE
    assert "status" in one(body, BRAZIL).notice


def test_a_source_adds_statuses_and_corrects_them() -> None:
    source = msgspec.structs.replace(
        BRAZIL, statuses={"SENT_TO_OPERATOR": Status.SENT, "DELETED": Status.FAILED, "REJECTD": Status.EXPIRED}
    )
    for word, status, family in (
        ("SENT_TO_OPERATOR", Status.SENT, Family.NONE),
        ("DELETED", Status.FAILED, Family.UNKNOWN),
        ("REJECTD", Status.EXPIRED, Family.EXPIRED),
        ("SENT", Status.UNKNOWN, Family.NONE),
    ):
        event = event_of(body_of(REPORT | {"status": word}), source)
        assert (event.status, event.error_family) == (status, family)
    assert one(body_of(REPORT | {"status": "DELETED"}), source).notice == ""


def test_one_id_stands_for_several_recipients() -> None:
    events = [event_of(body_of(REPORT | {"phone": f"551199999999{last}"}), BRAZIL) for last in range(3)]
    assert len({event.message_key for event in events}) == len({event.identity for event in events}) == 3
    assert {event.message_id for event in events} == {"abc123"}


def test_the_digits_name_the_message_however_they_are_written() -> None:
    phones: list[str | int] = ["5511999999999", "+5511999999999", 5511999999999, "+55 (11) 99999-9999"]
    told = {
        (e.message_key, e.identity, e.recipient)
        for e in (event_of(body_of(REPORT | {"phone": p}), BRAZIL) for p in phones)
    }
    assert len(told) == 1


def test_the_spelling_of_the_sdk_and_of_the_text_mix() -> None:
    event = event_of(
        body_of({"message_id": 1, "phone": "5511999999999", "status": "UNDELIV", "timestamp": None}), BRAZIL
    )
    assert (event.message_id, event.status) == ("1", Status.UNDELIVERABLE)


def test_fields_that_nobody_announced_change_nothing() -> None:
    more = {"network": {"mcc": [724]}, "error": None, "message": "ok", "price": 0.01}
    assert event_of(body_of(REPORT | more), BRAZIL) == event_of(body_of(REPORT), BRAZIL)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"messageId": None}, "missing_id"),
        ({"messageId": ""}, "missing_id"),
        ({"messageId": " "}, "missing_id"),
        ({"messageId": "0"}, "missing_id"),
        ({"messageId": 0}, "missing_id"),
        ({"phone": None}, "missing_recipient"),
        ({"phone": ""}, "missing_recipient"),
        ({"phone": "MyBrand"}, "missing_recipient"),
        ({"status": None}, "unknown_shape"),
    ],
)
def test_what_a_report_needs(change: dict[str, object], reason: str) -> None:
    body = body_of(REPORT | change)
    element = one(body, BRAZIL)
    assert element.key is None
    assert element.problem is not None
    assert (element.problem.reason, element.problem.malformed) == (reason, False)
    with pytest.raises(Unreadable) as caught:
        event_of(body, BRAZIL)
    assert caught.value.reason == reason


def test_an_inbound_message() -> None:
    event = event_of(body_of(INBOUND), BRAZIL)
    assert (event.kind, event.message_id, event.message_key) == (Kind.INBOUND, "in1", "in1")
    assert (event.sender, event.recipient, event.country) == ("+5511988887777", "29094", "BR")
    assert (event.status, event.provider_status) == (Status.NONE, "")
    assert event.occurred_at == ms("2026-04-12T10:31:00Z")


def test_an_inbound_message_in_the_other_spelling() -> None:
    other = {"message_id": "in1", "phone": "5511988887777", "text": "SIM", "timestamp": "2026-04-12T10:31:00Z"}
    event = event_of(body_of(other), BRAZIL)
    assert (event.kind, event.message_id, event.sender, event.recipient) == (Kind.INBOUND, "in1", "+5511988887777", "")
    assert event.identity == event_of(body_of(INBOUND), BRAZIL).identity


def test_a_text_is_kept_only_where_the_source_says_so() -> None:
    silent, keeping = (
        event_of(body_of(INBOUND), BRAZIL),
        event_of(body_of(INBOUND), msgspec.structs.replace(BRAZIL, store_text=True)),
    )
    assert (silent.text, keeping.text) == ("", "SIM")
    assert silent.identity == keeping.identity


@pytest.mark.parametrize("given", [None, "", "0", 0])
def test_an_inbound_message_without_an_id_is_named_by_its_content(given: object) -> None:
    nameless = INBOUND | {"messageId": given}
    element, event = one(body_of(nameless), BRAZIL), event_of(body_of(nameless), BRAZIL)
    assert element.key == f"integrax-br/{event.message_id}"
    assert len(event.message_id) == 32
    assert event_of(body_of(dict(reversed(nameless.items()))), BRAZIL).identity == event.identity
    for change in (
        {"from": "5511988887770"},
        {"to": "29095"},
        {"message": "NAO"},
        {"timestamp": "2026-04-12T10:31:01Z"},
    ):
        assert event_of(body_of(nameless | change), BRAZIL).identity != event.identity


@pytest.mark.parametrize("text", ["", "a\0b", "😀" * 70, "x" * 100_000, 12345])
def test_texts_of_every_kind(text: str | int) -> None:
    source = msgspec.structs.replace(BRAZIL, store_text=True)
    assert event_of(body_of(INBOUND | {"message": text}), source).text == str(text)


def test_an_error_answer_is_no_inbound_message() -> None:
    element = one(b'{"error": 3, "code": "INTEGRATION_NOT_FOUND", "message": "Invalid token"}', BRAZIL)
    assert element.problem is not None
    assert element.problem.reason == "unknown_shape"


def test_integrax_is_not_asked_and_a_decision_is_no_report() -> None:
    for type_ in (RecordType.POLL, RecordType.DISCARD):
        with pytest.raises(Unreadable):
            event_of(body_of(REPORT), BRAZIL, type=type_)
