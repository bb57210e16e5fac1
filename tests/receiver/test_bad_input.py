"""Whatever is sent with a right secret has its answer from the table, and is in the log byte for byte."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.record import MAX_RECORD
from tests.receiver.intake import PATH, Intake, Post, as_json, head, reply, report

GOOD = as_json(report())

MALFORMED = {
    "broken JSON": b'{"messageId": "1",',
    "not JSON": b"messageId=1&status=DELIVRD",
    "two values": GOOD + GOOD,
    "an empty body": b"",
    "blanks": b" \r\n\t",
    "Latin-1": '{"messageId": "1", "phone": "1", "status": "é"}'.encode("latin-1"),
    "UTF-16": GOOD.decode().encode("utf-16"),
    "UTF-16 without a mark": GOOD.decode().encode("utf-16-le"),
    "UTF-32": GOOD.decode().encode("utf-32"),
    "NUL bytes": b"\0" * 100,
    "a NUL within": GOOD.replace(b"DELIVRD", b"DELI\0VRD"),
    "deep nesting": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a list with a broken end": b"[" + GOOD + b",",
    "XML": b"<?xml version='1.0'?><report/>",
    "random bytes": bytes(range(256)) * 10,
}

KEPT_AS_UNREADABLE: dict[str, Any] = {
    "no id": {"phone": "5511987654321", "status": "DELIVRD"},
    "an empty id": report(messageId=""),
    "id 0": report(messageId=0),
    "id null": report(messageId=None),
    "a list as id": report(messageId=["1"]),
    "an id of 10 kB": report(messageId="9" * 10_000),
    "no recipient": {"messageId": "1", "status": "DELIVRD"},
    "a number": 17,
    "a text": "DELIVRD",
    "null": None,
    "a list in a list": [[report()]],
}

ACCEPTED: dict[str, Any] = {
    "surplus fields": report(surplus={"deep": [1, 2, {"x": None}]}, another=True),
    "numbers where texts belong": report(messageId=82816396, phone=5511987654321),
    "no time": {"messageId": "1", "phone": "5511987654321", "status": "DELIVRD"},
    "emoji": {"messageId": "1", "from": "5511987654321", "to": "55", "message": "👍🏽 \u0000 ok"},
    "an id with NUL": report(messageId="1\0002"),
    "an id with emoji": report(messageId="👍"),
    "a long text": {"messageId": "1", "from": "5511987654321", "to": "55", "message": "x" * 100_000},
}

TIMES = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "yesterday", "", 0, -1, 1e300, 10**30, None, [], {"date": 1}]


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_refused_and_kept(intake: Intake, post: Post, body: bytes) -> None:
    answer = post(body)
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["reason"] in ("not_json", "bad_encoding", "empty_body")
    assert [(record.key, record.body) for record in intake.kept()] == [(None, body)]


@pytest.mark.parametrize("content", KEPT_AS_UNREADABLE.values(), ids=KEPT_AS_UNREADABLE)
def test_what_is_of_an_unknown_shape_is_kept_and_told(intake: Intake, post: Post, content: Any) -> None:
    body = as_json(content)
    answer = post(body)
    assert answer.status == 202
    assert [one["index"] for one in answer.json()["unreadable"]] == [0]
    (record,) = intake.kept()
    assert (record.key, record.body) == (None, body if body[:1] != b"[" else body[1:-1])


@pytest.mark.parametrize("content", ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_merely_odd_is_accepted(intake: Intake, post: Post, content: Any) -> None:
    body = as_json(content)
    assert post(body).status == 200
    (record,) = intake.kept()
    assert record.body == body
    assert record.key == f"integrax-br/{content['messageId']}"


@pytest.mark.parametrize("time", TIMES, ids=repr)
def test_a_time_of_any_kind_does_no_harm(intake: Intake, post: Post, time: Any) -> None:
    assert post(as_json(report(timestamp=time))).status in (200, 202)
    assert intake.kept()[0].key == "integrax-br/1"


def test_a_byte_order_mark_is_kept_and_does_no_harm(intake: Intake, post: Post) -> None:
    assert post(b"\xef\xbb\xbf" + GOOD).status == 200
    assert intake.kept()[0].body == b"\xef\xbb\xbf" + GOOD


def test_ten_thousand_reports_are_ten_thousand_records(intake: Intake, post: Post) -> None:
    reports = [as_json(report(number)) for number in range(1, 10_001)]
    assert post(b"[" + b",".join(reports) + b"]").status == 200
    kept = intake.kept()
    assert [record.body for record in kept] == reports
    assert [record.key for record in kept] == [f"integrax-br/{number}" for number in range(1, 10_001)]
    assert len({record.id for record in kept}) == 10_000


def test_ten_thousand_bad_reports_are_all_named(intake: Intake) -> None:
    answer = intake.post(as_json([{}] * 10_000))
    assert answer.status == 202
    assert [one["index"] for one in answer.json()["unreadable"]] == list(range(10_000))
    assert len(intake.kept()) == 10_000


def test_a_report_larger_than_a_record_is_kept_whole(intake: Intake, post: Post) -> None:
    large = as_json(report(2, note="x" * (2 * MAX_RECORD)))
    answer = post(b"[" + GOOD + b"," + large + b"]")
    assert answer.status == 202
    assert [(one["index"], one["reason"]) for one in answer.json()["unreadable"]] == [(1, "too_large")]
    first, second = intake.kept()
    assert first.body == GOOD
    assert (second.key, second.body) == (None, large)


def test_ten_megabytes_are_refused_though_their_size_is_not_told(intake: Intake) -> None:
    with intake.connect() as connection:
        connection.sendall(head("POST", PATH, {"transfer-encoding": "chunked"}))
        for _ in range(10):
            connection.sendall(b"%x\r\n%b\r\n" % (1024 * 1024, b" " * 1024 * 1024))
        connection.sendall(b"0\r\n\r\n")
        assert reply(connection).status == 413
    assert intake.kept() == []


def test_a_size_that_is_too_large_is_refused_before_the_body(intake: Intake) -> None:
    with intake.connect() as connection:
        connection.sendall(head("POST", PATH, {"content-length": str(10**15), "expect": "100-continue"}))
        assert reply(connection).status == 413


def test_a_chunked_body_is_read_like_any_other(intake: Intake) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in GOOD) + b"0\r\n\r\n"
    assert intake.raw(head("POST", PATH, {"transfer-encoding": "chunked"}) + chunks).status == 200
    assert intake.kept()[0].body == GOOD


def test_what_trails_a_body_is_no_header(intake: Intake) -> None:
    body = b"%x\r\n%b\r\n0\r\ncontent-encoding: gzip\r\ncontent-type: text/x\r\n\r\n" % (len(GOOD), GOOD)
    request = head("POST", PATH, {"transfer-encoding": "chunked", "content-type": "application/json"})
    assert intake.raw(request + body).status == 200
    assert intake.kept()[0].content_type == "application/json"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["messageId", "phone", "status", "timestamp", "from", "message", "sms_id", "x"]),
                    inner,
                )
            ),
            max_leaves=12,
        ).map(as_json),
    ),
    pieces=st.booleans(),
)
def test_any_body_is_answered_and_kept(intake: Intake, body: bytes, pieces: bool) -> None:
    before = len(intake.kept())
    answer = (intake.post_in_pieces if pieces else intake.post)(body)
    assert answer.status in (200, 202, 400)
    kept = [record.body for record in intake.kept()[before:]]
    if answer.status == 400 or not body.lstrip().startswith(b"["):
        assert kept == [body]
    else:
        # Of a list, all but brackets, commas and blanks between its elements is kept.
        place = 0
        for part in kept:
            place = body.index(part, place) + len(part)
        assert kept
