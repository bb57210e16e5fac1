import codecs

import pytest

from schemas.adapter import Adapter, Source, Unreadable
from schemas.json_body import MAX_ELEMENTS
from schemas.providers import adapters
from schemas.record import MAX_RECORD
from tests.schemas.support import BRAZIL, PHONES, body_of, event_of, one, record_of

REPORT = b'{"messageId":"abc123","status":"DELIVRD","phone":"5511999999999"}'
INTEGRAX: Adapter = adapters["integrax"]
BOM = codecs.BOM_UTF8


@pytest.mark.parametrize("source", [BRAZIL, PHONES], ids=lambda source: source.provider)
@pytest.mark.parametrize(
    ("body", "reason", "position"),
    [
        (b"", "empty_body", ""),
        (b" \r\n\t", "empty_body", ""),
        (BOM, "empty_body", ""),
        (b"{", "not_json", "(byte 1)"),
        (b'{"sms_id":1', "not_json", "(byte 11)"),
        (b'{"sms_id":0913121205,"status_id":7}', "not_json", "(byte 11)"),
        (b'{"sms_id":1}x', "not_json", "trailing characters"),
        (b" \n nope", "not_json", "(byte 4)"),
        (BOM + b'{"sms_id":}', "not_json", "(byte 13)"),
        (b'[{"sms_id":1},]', "not_json", "(byte 14)"),
        (b"sms_id=1&status_id=7", "not_json", "(byte 0)"),
        (b'{"sms_id":NaN}', "not_json", "(byte 10)"),
        (b'{"body":"a\0b"}', "not_json", "(byte 10)"),
        (b'{"body":"caf\xe9"}', "bad_encoding", "(byte 12)"),
        (b'{"unknown":"caf\xe9","sms_id":1,"status_id":7}', "bad_encoding", "(byte 15)"),
        (BOM + b'["caf\xe9"]', "bad_encoding", "(byte 8)"),
        (b'{"body":"\xed\xa0\xbd"}', "bad_encoding", "(byte 9)"),
        (REPORT.decode().encode("utf-16"), "bad_encoding", "UTF-16"),
        (REPORT.decode().encode("utf-16-be"), "bad_encoding", "UTF-16"),
        (REPORT.decode().encode("utf-16-le"), "bad_encoding", "UTF-16"),
        (REPORT.decode().encode("utf-32"), "bad_encoding", "UTF-32"),
        (b"[" * 100_000, "not_json", "deep"),
        (b"[" * 100_000 + b"]" * 100_000, "not_json", "deep"),
        (b'{"status":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "not_json", "deep"),
        (b'{"x":' * 50_000 + b"1" + b"}" * 50_000, "not_json", "deep"),
    ],
)
def test_a_body_that_is_not_what_it_should_be(source: Source, body: bytes, reason: str, position: str) -> None:
    adapter = adapters[source.provider]
    with pytest.raises(Unreadable) as split:
        adapter.split(body, source)
    assert (split.value.reason, split.value.malformed) == (reason, True)
    assert position in split.value.detail
    with pytest.raises(Unreadable) as read:
        adapter.read(record_of(body, source), source)
    assert (read.value.reason, read.value.detail) == (reason, split.value.detail)


@pytest.mark.parametrize("body", [b"null", b"true", b"1", b"1e999", b'"text"', b"{}", b" {} ", b"[[1]]", b'["x"]'])
def test_well_formed_but_of_no_known_shape(body: bytes) -> None:
    element = one(body, BRAZIL)
    assert element.key is None
    assert element.problem is not None
    assert (element.problem.reason, element.problem.malformed) == ("unknown_shape", False)
    with pytest.raises(Unreadable) as read:
        INTEGRAX.read(record_of(element.body, BRAZIL), BRAZIL)
    assert read.value.reason == "unknown_shape"


@pytest.mark.parametrize("body", [b"[]", b" [ ] ", BOM + b"[]"])
def test_an_empty_list_says_nothing_and_is_kept(body: bytes) -> None:
    element = one(body, BRAZIL)
    assert (element.body, element.key, element.problem) == (body, None, None)
    assert INTEGRAX.read(record_of(body, BRAZIL), BRAZIL) is None


@pytest.mark.parametrize("body", [BOM + REPORT, b"\n" + REPORT + b" ", REPORT])
def test_a_single_report_is_kept_with_all_that_stands_around_it(body: bytes) -> None:
    element = one(body, BRAZIL)
    assert (element.body, element.key) == (body, "integrax-br/abc123")
    assert event_of(body, BRAZIL).message_id == "abc123"


def test_the_elements_of_a_list_are_judged_one_by_one() -> None:
    other = b'{ "message_id" : 7,\t"status":"LOST", "number":"5511999999999" }'
    found = INTEGRAX.split(BOM + b"[" + REPORT + b' ,\n{"status":1}, ' + other + b", [1], null, []]", BRAZIL)
    assert [element.body for element in found] == [REPORT, b'{"status":1}', other, b"[1]", b"null", b"[]"]
    assert [element.key for element in found] == ["integrax-br/abc123", None, "integrax-br/7", None, None, None]
    reasons = [element.problem and element.problem.reason for element in found]
    assert reasons == [None, "missing_id", None, "unknown_shape", "unknown_shape", None]
    assert [bool(element.notice) for element in found] == [False, False, True, False, False, False]


def test_ten_thousand_reports_in_one_body() -> None:
    reports = [REPORT.replace(b"abc123", b"%d" % number) for number in range(1, 10_001)]
    found = INTEGRAX.split(b"[" + b",".join(reports) + b"]", BRAZIL)
    assert [element.body for element in found] == reports
    assert found[-1].key == "integrax-br/10000"


def test_far_too_many_elements_are_one_problem() -> None:
    with pytest.raises(Unreadable) as caught:
        INTEGRAX.split(b"[" + b"1," * MAX_ELEMENTS + b"1]", BRAZIL)
    assert (caught.value.reason, caught.value.malformed) == ("too_large", False)


def test_an_element_larger_than_a_record() -> None:
    large = REPORT[:-1] + b',"more":"' + b"x" * MAX_RECORD + b'"}'
    small, element = INTEGRAX.split(b"[" + REPORT + b"," + large + b"]", BRAZIL)
    assert small.key == "integrax-br/abc123"
    assert (element.body, element.key) == (large, None)
    assert element.problem is not None
    assert element.problem.reason == "too_large"
    with pytest.raises(Unreadable):
        INTEGRAX.read(record_of(large, BRAZIL), BRAZIL)


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (rb"\ud83d\ude00", "😀"),
        (rb"\ud83d", "\ufffd"),
        (rb"cut \ud83d", "cut \ufffd"),
        (rb"\ude00 tail", "\ufffd tail"),
        (rb"\ud83d\ud83d\ude00", "\ufffd😀"),
        (rb"\\ud83d \ud83d", "\\ud83d \ufffd"),
        (rb"\u0000", "\0"),
    ],
)
def test_half_an_emoji_neither_loses_the_message_nor_breaks_what_follows(escaped: bytes, text: str) -> None:
    source = Source(name="phones", provider="smsgateway24", store_text=True)
    body = b'{"sms_id":1,"address":"+4915752982212","body":"%s","date":"2026-04-12"}' % escaped
    event = event_of(body, source)
    assert event.text == text
    event.text.encode()
    listed = b'[ {"sms_id":2} ,' + body + b"]"
    assert adapters["smsgateway24"].split(listed, source)[1].body == body


def test_a_detail_never_repeats_what_the_body_holds() -> None:
    secret = "5511987654321"
    bodies: list[object] = [
        {"status": "DELIVRD", "phone": secret},
        {"messageId": [secret], "status": secret, "phone": secret},
        {"messageId": secret * 1000, "status": secret, "phone": secret},
        {secret: secret},
        secret,
        [secret, {"messageId": secret, "status": secret, "phone": secret, "timestamp": secret}],
    ]
    for element in [element for body in bodies for element in INTEGRAX.split(body_of(body), BRAZIL)]:
        assert element.problem or element.notice
        assert secret not in element.notice
        assert element.problem is None or secret not in element.problem.detail
