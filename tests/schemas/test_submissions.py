"""What the sending application posts, in all its forms."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from schemas.adapter import Source, Unreadable
from schemas.credentials import blanked, spellings, without
from schemas.event import Kind, Origin
from schemas.providers import adapters
from schemas.status import Family, Status
from tests.schemas.support import ARRIVED, BRAZIL, KAMPALA, PHONES, SYDNEY, body_of, event_of, fixture, ms, submitted

PLAIN = {
    "message_id": "abc123",
    "recipient": "5511999999999",
    "time": "2026-04-12T10:29:58Z",
    "sender": "29094",
    "customer_ref": "order-17",
    "segments": 2,
    "cost": 0.05,
    "currency": "BRL",
    "channel": "RCS",
}
TO_TWO = {"to": ["5511999999999", "+55 11 98888-7777"], "from": "29094", "message": "Oi"}


def answer_of(name: str) -> Any:
    return json.loads(fixture(name))


def pair(request: object, answer: object, **beside: object) -> dict[str, object]:
    return {"request": request, "answer": answer, **beside}


def test_an_object_with_all_its_fields() -> None:
    [event] = submitted(PLAIN, BRAZIL)
    assert (event.kind, event.origin, event.status) == (Kind.SUBMISSION, Origin.SUBMISSION, Status.ACCEPTED)
    assert (event.recipient, event.sender, event.customer_ref) == ("+5511999999999", "29094", "order-17")
    assert (event.segments, event.cost, event.currency, event.channel) == (2, 0.05, "BRL", "rcs")
    assert (event.occurred_at, event.received_at) == (ms("2026-04-12T10:29:58Z"), ARRIVED)


def test_it_names_the_message_that_the_report_names() -> None:
    [event] = submitted({**PLAIN, "recipient": "+55 (11) 99999-9999"}, BRAZIL)
    assert event.message_key == event_of(fixture("integrax/dlr_seed.json"), BRAZIL).message_key


def test_posted_again_it_is_the_same_fact() -> None:
    assert submitted(PLAIN, BRAZIL)[0].identity == submitted(PLAIN, BRAZIL)[0].identity


def test_one_id_for_many_recipients() -> None:
    events = submitted({"message_id": 7, "recipients": TO_TWO["to"]}, BRAZIL)
    assert [event.message_key for event in events] == ["7/5511999999999", "7/5511988887777"]
    [event] = submitted({"message_id": 7, "recipients": ["+4915752982212", "+4915752982213"]}, PHONES)
    assert (event.message_key, event.recipient) == ("7", ""), "it is not told whose the one id is"


@pytest.mark.parametrize("joined", [b"\n", b"\r\n", b"\n\n"])
def test_a_list_and_lines(joined: bytes) -> None:
    objects = [{**PLAIN, "message_id": str(number)} for number in (1, 2, 3)]
    bodies = [b"[" + b",".join(map(body_of, objects)) + b"]", joined.join(map(body_of, objects)) + joined]
    for body in bodies:
        assert [event.message_id for event in submitted(body, BRAZIL)] == ["1", "2", "3"]


def test_a_broken_line_leaves_the_others() -> None:
    elements = adapters["integrax"].split_submission(body_of(PLAIN) + b"\n{broken\n" + body_of(PLAIN), BRAZIL)
    assert [bool(element.problem) for element in elements] == [False, True, False]
    with pytest.raises(Unreadable):
        adapters["integrax"].split_submission(b"{broken\n" + body_of(PLAIN), BRAZIL)


@pytest.mark.parametrize(("status", "read"), [("queued", Status.QUEUED), ("rejected", Status.REJECTED)])
def test_a_status_by_its_canonical_word(status: str, read: Status) -> None:
    assert submitted({**PLAIN, "status": status}, BRAZIL)[0].status is read


@pytest.mark.parametrize(
    ("fields", "source", "reason"),
    [
        ({"recipient": "5511999999999"}, BRAZIL, "missing_id"),
        ({"message_id": "0", "recipient": "5511999999999"}, BRAZIL, "missing_id"),
        ({"message_id": "1"}, BRAZIL, "missing_recipient"),
        ({"answer": {"error": 0}}, BRAZIL, "unknown_shape"),
        ({"message_id": [1], "recipient": "1"}, BRAZIL, "bad_field"),
        (pair(TO_TWO, "<html>"), BRAZIL, "unknown_shape"),
        (pair({"to": "0412345678"}, {"ok": True}), SYDNEY, "missing_id"),
        (pair({"numbers": "0701234567"}, []), KAMPALA, "unknown_shape"),
        (pair({"sendto": "0701234567"}, {}), PHONES, "unknown_shape"),
    ],
)
def test_what_cannot_be_read(fields: object, source: Source, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        submitted(fields, source)
    assert caught.value.reason == reason


@pytest.mark.parametrize("name", ["send_response_seed.json", "send_response_sdk.json"])
def test_integrax_answers(name: str) -> None:
    answer = answer_of(f"integrax/answers/{name}")
    events = submitted(pair(TO_TWO, answer, time="2026-04-12T10:29:58Z"), BRAZIL)
    assert [event.recipient for event in events] == ["+5511999999999", "+5511988887777"]
    assert {event.message_id for event in events} <= {"abc123", "82816396"}
    for event in events:
        assert (event.status, event.provider_status) == (Status.ACCEPTED, "SENT_TO_OPERATOR")
        assert (event.sender, event.occurred_at) == ("29094", ms("2026-04-12T10:29:58Z"))


def test_integrax_answers_a_list_as_long_as_the_recipients() -> None:
    answer = {"code": "SMS_SENT", "data": [{"messageId": "1"}, {"message_id": "2"}]}
    assert [event.message_key for event in submitted(pair(TO_TWO, answer), BRAZIL)] == [
        "1/5511999999999",
        "2/5511988887777",
    ]


@pytest.mark.parametrize(
    ("error", "family"),
    [(1, Family.MESSAGE), (2, Family.BALANCE), (3, Family.GATEWAY), (4, Family.GATEWAY), (9, Family.UNKNOWN)],
)
def test_integrax_rejects(error: int, family: Family) -> None:
    events = submitted(pair(TO_TWO, {"error": error, "code": "NO", "message": "No"}), BRAZIL)
    assert len({event.message_key for event in events}) == 2
    for event in events:
        assert (event.status, event.error_code, event.error_family) == (Status.REJECTED, str(error), family)
        assert (event.error_text, len(event.message_id)) == ("No", 32)


def test_integrax_otp_has_no_id_and_is_left_to_its_report() -> None:
    assert submitted(pair({"to": "5511999999999"}, {"error": 0, "code": "OTP_SENT"}), BRAZIL) == []


def test_smsgateway24_answers_one_id() -> None:
    request = {"sendto": "+4915752982212", "body": "Hallo", "device_id": 260, "sim": 4, "customerid": 19921}
    [event] = submitted(pair(request, answer_of("smsgateway24/answers/addsms_ok.json")), PHONES)
    assert (event.message_id, event.recipient, event.status) == ("22074938", "+4915752982212", Status.ACCEPTED)
    assert (event.device_id, event.channel, event.customer_ref) == ("260", "rcs", "19921")
    request["sendto"] = "+4915752982212, +4915752982213"
    [event] = submitted(pair(request, answer_of("smsgateway24/answers/addsms_ok.json")), PHONES)
    assert event.recipient == "", "it is not told whose the one id is"


def test_smsgateway24_bulk_has_no_ids_and_is_left_to_the_list() -> None:
    request = {"datajson": '{"token":"x","smsdata":[{"sendto":"1"},{"sendto":"2"}]}'}
    assert submitted(pair(request, answer_of("smsgateway24/answers/addalotofsms_ok.json")), PHONES) == []
    for error in (1, "1", True, 1.0):
        events = submitted(pair(request, {"error": error, "message": "No device"}), PHONES)
        assert [(event.status, event.recipient, event.error_text) for event in events] == [
            (Status.REJECTED, "1", "No device"),
            (Status.REJECTED, "2", "No device"),
        ]
    nothing: list[object] = [0, "0", False, None, "", []]
    for none in nothing:
        assert submitted(pair(request, {"error": none, "message": "Ok"}), PHONES) == []


@pytest.mark.parametrize("answer", [{"id": "a1"}, {"message_id": "a1"}, {"sms_id": "a1"}, {"data": {"id": "a1"}}])
def test_aatrox_answers_wherever_the_id_stands(answer: object) -> None:
    [event] = submitted(pair({"from": "61400000001", "to": "0412345678", "text": "Hi"}, answer), SYDNEY)
    assert (event.message_key, event.recipient, event.sender) == ("a1", "+61412345678", "+61400000001")


def test_aatrox_bulk() -> None:
    request = {"from": "61400000001", "to": ["0412345678", "0412345679"], "text": "Hi"}
    events = submitted(pair(request, {"data": [{"id": "a1"}, {"id": "a2"}]}), SYDNEY)
    assert [(event.message_id, event.recipient) for event in events] == [("a1", "+61412345678"), ("a2", "+61412345679")]


@pytest.mark.parametrize("ids", [["a1", "a2"], ["a1"], ["a1", "a2", "a3", "a4"]])
def test_aatrox_bulk_with_more_or_fewer_ids_than_recipients_tells_nothing_of_whose_they_are(ids: list[str]) -> None:
    request = {"to": ["0412345678", "0412345679", "0412345670"], "text": "Hi"}
    with pytest.raises(Unreadable, match="recipients"):
        submitted(pair(request, [{"id": one} for one in ids]), SYDNEY)


def test_aatrox_rejects_by_its_response_code() -> None:
    [event] = submitted(pair({"to": "1", "text": ""}, {"message": "Invalid parameters"}, http_status=400), SYDNEY)
    assert (event.status, event.error_code, event.error_family) == (Status.REJECTED, "400", Family.MESSAGE)


def test_ugsms_one_id_for_all_numbers() -> None:
    request = {"numbers": "0701234567, 256712345678", "message_body": "Hi", "sender_id": "SHOP"}
    events = submitted(pair(request, answer_of("ugsms/answers/v1_send_ok.json")), KAMPALA)
    assert [event.message_key for event in events] == ["uuid/0701234567", "uuid/256712345678"]
    assert [event.recipient for event in events] == ["+256701234567", "+256712345678"]
    assert [(event.cost, event.currency) for event in events] == [(10.0, "UGX")] * 2, "the cost is of both"
    assert json.loads(events[0].extra)["balance"] == 980.0


def test_ugsms_v2_one_id() -> None:
    [event] = submitted(pair({"numbers": "0701234567"}, answer_of("ugsms/answers/v2_send_ok_thirdparty.json")), KAMPALA)
    assert (event.message_id, event.cost) == ("00000000-0000-4000-8000-000000000000", 50.0)
    two = submitted(
        pair({"numbers": ["0701234567", "0701234568"]}, answer_of("ugsms/answers/v2_send_ok_thirdparty.json")), KAMPALA
    )
    assert [event.cost for event in two] == [25.0, 25.0]


def test_ugsms_without_any_id() -> None:
    posted = pair(
        {"numbers": "0701234567,0712345678"}, answer_of("ugsms/answers/v1_send_ok_scribe.json"), time=1775989800
    )
    events = submitted(posted, KAMPALA)
    assert [event.status for event in events] == [Status.ACCEPTED] * 2
    assert len({event.message_key for event in events}) == 2
    assert [event.identity for event in submitted(posted, KAMPALA)] == [event.identity for event in events]
    later = submitted({**posted, "time": 1775989801}, KAMPALA)
    assert {event.message_key for event in later}.isdisjoint(event.message_key for event in events)


def test_ugsms_bulk_tells_which_were_taken() -> None:
    request = {
        "messages": [{"number": "0702913454", "message_body": "a"}, {"number": "0776913451", "message_body": "b"}]
    }
    taken, failed = submitted(pair(request, answer_of("ugsms/answers/v2_bulk_thirdparty.json")), KAMPALA)
    assert (taken.status, taken.recipient, taken.segments) == (Status.ACCEPTED, "+256702913454", 1)
    assert (failed.status, failed.recipient, failed.error_text) == (Status.REJECTED, "+256776913451", "string")
    answer = {
        "success": True,
        "data": {"successful_messages": [{"index": 0, "number": "0702913454"}], "failed_messages": None},
    }
    [taken] = submitted(pair(request, answer), KAMPALA)
    assert taken.status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("name", "family"),
    [("v1_400.json", Family.UNKNOWN_NUMBER), ("v1_401.json", Family.GATEWAY), ("v2_401.json", Family.GATEWAY)],
)
def test_ugsms_rejects(name: str, family: Family) -> None:
    [event] = submitted(pair({"numbers": "0701"}, answer_of(f"ugsms/answers/{name}")), KAMPALA)
    assert (event.status, event.error_family) == (Status.REJECTED, family)
    assert event.error_text == answer_of(f"ugsms/answers/{name}")["error"]


def test_one_that_cannot_be_told_apart_leaves_the_others() -> None:
    odd = pair({"numbers": 1.5}, {"message": "ok"})
    body = body_of([pair({"numbers": "0701234567"}, {"message": "ok"}, time=1), odd])
    good, bad = adapters["ugsms"].split_submission(body, KAMPALA)
    assert good.key
    assert bad.problem
    assert bad.problem.reason == "bad_field"


def test_a_long_request_to_very_many_is_not_multiplied() -> None:
    request = {"to": [f"55119{number:08}" for number in range(2_000)], "message": "x" * 100_000}
    [element] = adapters["integrax"].split_submission(body_of(pair(request, {"error": 0, "data": {}})), BRAZIL)
    assert element.problem
    assert element.problem.reason == "too_large"


SECRET = "s3cr3t-s3cr3t"
DEEP = "[" * 600 + "]" * 600
UNREADABLE = [
    (KAMPALA, {"numbers": {"a": 1}, "password": SECRET}),
    (PHONES, {"sendto": {"a": 1}, "token": SECRET}),
    (KAMPALA, f"numbers=0701234567&password={SECRET}&message_body=Hi"),
    (KAMPALA, [{"password": SECRET}, f"Authorization: Bearer {SECRET}"]),
    (PHONES, {"datajson": json.dumps([{"token": SECRET}])}),
    (PHONES, {"datajson": json.dumps({"token": SECRET})[:-2]}),
    (PHONES, {"datajson": json.dumps({"token": SECRET})[:-1] + f',"x":{"[" * 9_000 + "]" * 9_000}}}'}),
    (PHONES, {"token": SECRET, "x": json.loads(DEEP)}),
    (KAMPALA, {"url": f"https://me:{SECRET}@example.org/send?api_key={SECRET}&x=1"}),
    (BRAZIL, {"url": f"https://example.org/v1/integration/{SECRET}/send-sms"}),
]


@pytest.mark.parametrize(("source", "request_made"), UNREADABLE)
def test_credentials_in_what_cannot_be_read_are_not_kept_and_the_others_are_read(
    source: Source, request_made: object
) -> None:
    good = {"message_id": "m1", "recipient": "5511999999999"}
    bad, read = adapters[source.provider].split_submission(body_of([pair(request_made, {}), good]), source)
    assert bad.key is None
    assert SECRET.encode() not in bad.body
    assert (read.key, read.body) == (f"{source.name}/m1", body_of(good))


@pytest.mark.parametrize(
    "body",
    [
        b'{"request": {"token": "%b"',
        b'{"request": {"token": "%b',
        b'{"request": {"datajson": "{\\"token\\" : \\"%b\\"}"',
        b'{"password" : %b}',
        b"numbers=1&password=%b&x=1",
    ],
)
def test_credentials_in_what_is_no_json_are_blanked(body: bytes) -> None:
    left = blanked(body % SECRET.encode())
    assert SECRET.encode() not in left
    assert blanked(left) == left
    assert left.startswith(body[:9])


def test_what_is_no_credential_stays() -> None:
    body = '{"text": "Your pässword, https://example.org/a?b=1, me@example.org", "id": 1'.encode()
    assert blanked(body) == body


@pytest.mark.parametrize("secret", [SECRET, "s3/cr+t &pass", 's3"cr3t\\', "passwört"])
def test_a_secret_is_found_in_every_spelling(secret: str) -> None:
    for written in (secret, json.dumps(secret), json.dumps(secret).replace("/", "\\/"), urlencode({"": secret})):
        left = without(f"<{written}>".encode(), spellings([secret]))
        assert left in (b"<***>", b'<"***">', b"<=***>")
    assert spellings(["short"]) == []


def test_a_recipient_beside_recipients_is_refused() -> None:
    with pytest.raises(Unreadable, match="both"):
        submitted({"message_id": 7, "recipient": "551", "recipients": ["551", "552"]}, BRAZIL)


def test_a_long_object_of_very_many_recipients_is_not_multiplied() -> None:
    fields = {"message_id": 7, "recipients": [f"55119{number:08}" for number in range(2_000)], "note": "x" * 100_000}
    with pytest.raises(Unreadable) as caught:
        submitted(fields, BRAZIL)
    assert caught.value.reason == "too_large"


def test_credentials_in_a_request_are_not_kept() -> None:
    secret = SECRET
    requests: list[tuple[Source, dict[str, object], object]] = [
        (KAMPALA, {"numbers": "0701234567", "username": "me", "password": secret}, {"message": "ok"}),
        (KAMPALA, {"numbers": "0701234567", "api_key": secret}, {"error": "No"}),
        (PHONES, {"sendto": "1", "token": secret}, {"error": 0, "sms_id": 1}),
        (PHONES, {"datajson": json.dumps({"token": secret, "smsdata": []})}, {"error": 0}),
        (BRAZIL, {"to": ["5511999999999"], "headers": {"Authorization": secret}}, {"error": 1}),
    ]
    for source, request, answer in requests:
        elements = adapters[source.provider].split_submission(body_of(pair(request, answer)), source)
        assert elements
        assert not any(secret.encode() in element.body for element in elements)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "1970-01-01 00:00:00", 1])
def test_a_time_that_cannot_be_is_that_of_arrival(time: object) -> None:
    [event] = submitted(PLAIN | {"time": time}, BRAZIL)
    assert event.occurred_at == event.received_at == ARRIVED
