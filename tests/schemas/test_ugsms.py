import json

import pytest

from schemas import timeout
from schemas.adapter import Unreadable
from schemas.event import Kind, Origin
from schemas.providers import adapters
from schemas.status import Status
from schemas.ways import split_as
from tests.schemas.support import ARRIVED, KAMPALA, answer_events, body_of, fixture, submitted

BALANCE = {"question": "balance"}


@pytest.mark.parametrize(
    ("answer", "left", "currency"),
    [
        ({"success": True, "message": "OK", "data": {"balance": 980.5, "currency": "UGX"}}, 980.5, "UGX"),
        ({"success": True, "balance": 980, "currency": "UGX"}, 980.0, "UGX"),
        ({"data": {"balance": "980.00"}}, 980.0, "UGX"),
        ({"balance": 0, "currency": "KES"}, 0.0, "KES"),
    ],
)
def test_the_balance(answer: object, left: float, currency: str) -> None:
    [event] = answer_events(body_of(answer), BALANCE, KAMPALA)
    assert (event.kind, event.origin, event.message_key) == (Kind.BALANCE, Origin.POLL, f"balance/{ARRIVED}")
    assert json.loads(event.extra) == {"balance": left, "currency": currency}


@pytest.mark.parametrize("name", ["v1_401.json", "v2_401.json"])
def test_a_refusal_is_no_balance(name: str) -> None:
    with pytest.raises(Unreadable, match="balance"):
        answer_events(fixture(f"ugsms/answers/{name}"), BALANCE, KAMPALA)


def test_after_a_time_that_the_user_sets_a_message_is_unknown() -> None:
    [sent] = submitted({"message_id": "m1", "recipient": "0701234567"}, KAMPALA)
    record = timeout.make("ugsms-ug", sent.message_id, sent.message_key, sent.recipient, ARRIVED)
    event = adapters["ugsms"].read(record, KAMPALA)
    assert event
    assert (event.kind, event.origin, event.status) == (Kind.REPORT, Origin.POLL, Status.UNKNOWN)
    assert (event.provider_status, event.recipient) == ("no report", "+256701234567")
    assert (event.message_id, event.message_key) == (sent.message_id, sent.message_key)
    assert record.key == "ugsms-ug/m1"
    [element] = split_as(adapters["ugsms"], record, KAMPALA)
    assert (element.key, element.body) == (record.key, record.body), "a dead one can be replayed"
    again = adapters["ugsms"].read(timeout.make("ugsms-ug", "m1", sent.message_key, "", ARRIVED + 1), KAMPALA)
    assert again
    assert again.identity == event.identity
