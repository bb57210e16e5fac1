import json
from typing import Any

import msgspec
import pytest

from schemas.adapter import Unreadable
from schemas.event import Kind, Origin
from schemas.providers import adapters
from schemas.providers.smsgateway24 import STATUSES
from schemas.status import Family, Status
from tests.schemas.support import ARRIVED, PHONES, answer_events, body_of, fixture, ms, says_nothing

LIST = {"question": "getallsms", "begindate": "2026-01-01 00:00:00"}
ITEM: dict[str, Any] = {"id": 62051117, "sendto": "+4915752982212", "status": 7, "statustitle": "Entregue"}


def listed(*items: dict[str, Any]) -> bytes:
    return body_of({"smss": {str(item["id"]): item for item in items}})


def test_the_newer_sample_of_the_list() -> None:
    sending, delivered = answer_events(fixture("smsgateway24/answers/getallsms_seed.json"), LIST, PHONES)
    assert (sending.message_id, sending.status, sending.provider_status) == ("62050971", Status.SENDING, "2")
    assert (delivered.message_id, delivered.status, delivered.device_id) == ("62051117", Status.DELIVERED, "11231")
    assert (delivered.kind, delivered.origin, delivered.recipient) == (Kind.REPORT, Origin.POLL, "+4912312312332")
    assert delivered.occurred_at == ARRIVED, "`senttime` is null even when it was delivered"


def test_the_older_sample_of_the_list() -> None:
    events = answer_events(fixture("smsgateway24/answers/getallsms_phpexample_6.json"), LIST, PHONES)
    assert [event.message_id for event in events] == [
        "22074698",
        "22074718",
        "22074722",
        "22074938",
        "22078325",
        "22078326",
    ]
    assert {(event.status, event.country, event.channel) for event in events} == {(Status.QUEUED, "DE", "sms")}
    assert [event.customer_ref for event in events] == ["", "", "", "19921", "", ""], "null and 0 are no customer"


@pytest.mark.parametrize(("code", "status"), STATUSES.items())
def test_each_code_and_no_title_decides(code: str, status: Status) -> None:
    [event] = answer_events(listed({**ITEM, "status": code, "statustitle": "delivered"}), LIST, PHONES)
    assert (event.status, event.provider_status) == (status, code)


def test_a_code_that_nobody_published_is_kept_as_unknown_with_its_title() -> None:
    [event] = answer_events(listed({**ITEM, "status": 13, "statustitle": "Delivered?"}), LIST, PHONES)
    assert (event.status, event.provider_status, event.error_text) == (Status.UNKNOWN, "13", "Delivered?")


def test_code_5_in_the_list_is_an_incoming_message_the_same_that_the_webhook_told() -> None:
    created = {"date": "2026-03-29 14:50:11.000000", "timezone_type": 3, "timezone": "Europe/Berlin"}
    item = {**ITEM, "status": 5, "body": "Danke", "created": created, "sim": 2}
    [event] = answer_events(listed(item), LIST, msgspec.structs.replace(PHONES, store_text=True))
    assert (event.kind, event.sender, event.text, event.channel) == (Kind.INBOUND, ITEM["sendto"], "Danke", "whatsapp")
    assert event.occurred_at == ms("2026-03-29T12:50:11Z")
    webhook = {"address": ITEM["sendto"], "body": "Danke", "sms_id": ITEM["id"], "date": "2026-03-29 14:50:11"}
    [element] = adapters["smsgateway24"].split(body_of(webhook), PHONES)
    assert element.key == f"phones/{ITEM['id']}"


@pytest.mark.parametrize(
    "empty",
    [{"smss": []}, {"smss": {}}, {"smss": None}, {}, {"error": 0, "smss": [], "count": 0, "message": "Ok"}, []],
)
def test_every_known_form_of_an_empty_list_says_nothing(empty: object) -> None:
    body = json.dumps(empty).encode()
    assert says_nothing(body, LIST, PHONES)


@pytest.mark.parametrize("odd", [{"messages": {}}, {"smss": 5}, {"smss": [5]}, {"smss": {"1": {"id": 1}}}])
def test_another_shape_is_no_empty_list(odd: object) -> None:
    with pytest.raises(Unreadable):
        answer_events(body_of(odd), LIST, PHONES)


def test_a_list_in_place_of_the_object() -> None:
    assert len(answer_events(body_of({"smss": [ITEM, {**ITEM, "id": 2}]}), LIST, PHONES)) == 2


@pytest.mark.parametrize("inner", [None, [], {}])
def test_a_phone_may_have_a_field_of_the_list_s_name(inner: object) -> None:
    body = body_of({"device": [{"id": 7, "title": "A", "device": inner}]})
    [event] = answer_events(body, {"question": "getalldevices"}, PHONES)
    assert event.device_id == "7"


@pytest.mark.parametrize("names", ["121", "112", "111"])
def test_a_name_that_stands_twice_costs_no_message(names: str) -> None:
    items = [{**ITEM, "id": index, "body": '"é", {"1": [😀'} for index in (1, 2, 3)]
    named = zip(names.encode(), map(body_of, items), strict=True)
    body = b'{"smss": { %b }}' % b" , ".join(b'"%c" : %b' % one for one in named)
    assert [event.message_id for event in answer_events(body, LIST, PHONES)] == ["1", "2", "3"]


def test_the_elements_are_the_bytes_that_came() -> None:
    body = b'\xef\xbb\xbf{"smss" : { "7": { "id" : 7,"status":7 , "body": "\\ud83d half" }, "8":{"id":8,"status":1}}}'
    first, second = adapters["smsgateway24"].split_answer(body, LIST, PHONES)
    assert first.body == b'{ "id" : 7,"status":7 , "body": "\\ud83d half" }'
    assert second.body == b'{"id":8,"status":1}'


def test_the_state_of_one_message() -> None:
    asked = {"question": "getsmsstatus", "sms_id": "22074698"}
    [event] = answer_events(fixture("smsgateway24/answers/getsmsstatus_new.json"), asked, PHONES)
    assert (event.message_id, event.status, event.provider_status) == ("22074698", Status.QUEUED, "1")
    body = body_of({"error": 0, "sms_id": 1, "status": 10, "status_description": "Not sent: no service"})
    [event] = answer_events(body, asked, PHONES)
    assert (event.error_family, event.error_text) == (Family.NETWORK, "Not sent: no service")


@pytest.mark.parametrize("question", ["getallsms", "getsmsstatus", "getalldevices", "getdevicestatus"])
def test_an_error_says_nothing_of_any_message(question: str) -> None:
    assert answer_events(fixture("smsgateway24/answers/gettoken_error.json"), {"question": question}, PHONES) == []


def test_the_phones() -> None:
    question = {"question": "getalldevices"}
    first, second = answer_events(fixture("smsgateway24/answers/getalldevices_seed.json"), question, PHONES)
    assert (first.kind, first.device_id, second.device_id) == (Kind.DEVICE, "1576", "1297")
    told = json.loads(first.extra)
    assert told["title"] == "AOSP_on_IA_Emulator"
    assert told["seen_at"] == ms("2020-04-23T17:02:21Z")
    assert told["subscription"] is True
    sim = {"slot": "0", "number": "15555215554", "country": "US", "carrier": "Android (T-Mobile)", "roaming": False}
    assert told["sims"] == [sim]
    assert json.loads(second.extra)["sims"][0]["roaming"] is True
    assert "imei" not in first.extra
    assert "358240051111110" not in first.extra


def test_one_phone() -> None:
    [event] = answer_events(
        fixture("smsgateway24/answers/getdevicestatus.json"),
        {"question": "getdevicestatus", "device_id": "260"},
        PHONES,
    )
    told = json.loads(event.extra)
    assert (event.device_id, told["online"], told["title"]) == ("260", False, "SM-F NIK!")
    assert told["seen_at"] == ms("2020-08-11T14:09:53Z")


def test_what_else_a_phone_may_tell() -> None:
    end = {"date": "2026-12-31 00:00:00.000000", "timezone_type": 3, "timezone": "UTC"}
    body = body_of({"device": [{"id": 1, "battery": "87", "subscription": end, "siminfo": None}]})
    [event] = answer_events(body, {"question": "getalldevices"}, PHONES)
    told = json.loads(event.extra)
    assert (told["battery"], told["subscription_ends_at"]) == (87.0, ms("2026-12-31T00:00:00Z"))
    assert "subscription" not in told


def test_a_phone_s_times_without_a_zone_are_in_the_source_s() -> None:
    berlin = msgspec.structs.replace(PHONES, timezone="Europe/Berlin")
    phone = {"id": 1, "lastseen": "2026-07-01 12:00:00", "subscription": "2026-12-31 00:00:00"}
    [event] = answer_events(body_of({"device": [phone]}), {"question": "getalldevices"}, berlin)
    told = json.loads(event.extra)
    assert told["seen_at"] == ms("2026-07-01T10:00:00Z")
    assert told["subscription_ends_at"] == ms("2026-12-30T23:00:00Z")


def test_a_subscription_that_is_1_has_no_end() -> None:
    [event] = answer_events(body_of({"device": [{"id": 1, "subscription": 1}]}), {"question": "getalldevices"}, PHONES)
    told = json.loads(event.extra)
    assert told["subscription"] is True
    assert "subscription_ends_at" not in told


def test_each_look_at_a_phone_is_a_fact_of_its_own() -> None:
    body, asked = fixture("smsgateway24/answers/getdevicestatus.json"), {"question": "getdevicestatus"}
    [event] = answer_events(body, asked, PHONES)
    assert event.message_key == f"device/260/{ARRIVED}"
    assert answer_events(body, asked, PHONES)[0].identity == event.identity


def test_a_question_that_nobody_knows() -> None:
    with pytest.raises(Unreadable):
        answer_events(b"{}", {}, PHONES)
