"""Submissions are answered by the same table as webhooks, over both ways through the server."""

import json
from pathlib import Path

import pytest

from pipeline.settings import SourceSettings
from receiver.sources import intake_sources
from schemas.providers import adapters
from schemas.record import RecordType
from tests.receiver.intake import JSON, SECRET, Intake, Post, as_json

SENT = f"/v1/submissions/integrax-br/{SECRET}"
ANSWERS = Path(__file__).parents[1] / "fixtures" / "integrax" / "answers"


def sent(number: int) -> dict[str, object]:
    return {"message_id": str(number), "recipient": "5511987654321", "time": "2026-11-20T12:34:56Z"}


def test_an_object_is_accepted_and_kept_as_it_came(intake: Intake, post: Post) -> None:
    body = as_json(sent(1))
    answer = post(body, path=SENT)
    assert (answer.status, answer.json()) == (200, {"status": "accepted"})
    [record] = intake.kept()
    assert (record.type, record.key, record.body) == (RecordType.SUBMISSION, "integrax-br/1", body)


@pytest.mark.parametrize("lines", [True, False])
def test_a_list_and_lines_are_kept_one_by_one_and_the_bad_ones_are_named(
    intake: Intake, post: Post, lines: bool
) -> None:
    parts = [as_json(sent(1)), as_json({"recipient": "1"}), as_json(sent(3))]
    body = b"\n".join(parts) if lines else b"[" + b",".join(parts) + b"]"
    answer = post(body, {**JSON, "content-type": "application/x-ndjson"} if lines else JSON, path=SENT)
    assert answer.status == 202
    assert [(one["index"], one["reason"]) for one in answer.json()["unreadable"]] == [(1, "missing_id")]
    assert [(record.key, record.body) for record in intake.kept()] == [
        ("integrax-br/1", parts[0]),
        (None, parts[1]),
        ("integrax-br/3", parts[2]),
    ]


def test_one_id_for_many_recipients_is_a_record_of_each(intake: Intake, post: Post) -> None:
    answer = json.loads((ANSWERS / "send_response_seed.json").read_bytes())
    request = {"to": ["5511999999999", "5511988887777"], "token": SECRET}
    assert post(as_json({"request": request, "answer": answer}), path=SENT).status == 200
    kept = intake.kept()
    assert [record.key for record in kept] == ["integrax-br/abc123"] * 2
    assert [json.loads(record.body)["request"]["to"] for record in kept] == [["5511999999999"], ["5511988887777"]]
    assert not any(SECRET.encode() in record.body for record in kept), "a credential was kept"


def test_what_is_not_json_is_refused_and_kept(intake: Intake, post: Post) -> None:
    answer = post(b'{"message_id": ', path=SENT)
    assert (answer.status, answer.json()["reason"]) == (400, "not_json")
    assert [(record.key, record.type) for record in intake.kept()] == [(None, RecordType.SUBMISSION)]


@pytest.mark.parametrize(
    "body",
    [
        b'{"message_id": "1", "recipient": "5511987654321", "request": "to=1, by %b"}',
        b'{"note": "%b", "message_id": ',
        b'{"request": {"token": "another-one", "by": "%b"',
    ],
)
def test_the_source_s_own_secrets_are_kept_nowhere(intake: Intake, post: Post, body: bytes) -> None:
    post(body % SECRET.encode(), path=SENT)
    [record] = intake.kept()
    assert SECRET.encode() not in record.body
    assert b"another-one" not in record.body


def test_the_secrets_are_those_of_the_settings() -> None:
    settings = SourceSettings.model_validate({"provider": "ugsms", "webhook": [SECRET], "api_key": "key/0123456"})
    [intake] = intake_sources({"ugsms-ug": settings}, adapters).values()
    assert {SECRET.encode(), b"key/0123456", b"key%2F0123456"} <= set(intake.hidden)


def test_a_wrong_secret_an_unknown_source_and_another_method(intake: Intake, post: Post) -> None:
    for path in ("/v1/submissions/integrax-br/wrong-secret-0123456789abcde", f"/v1/submissions/nobody/{SECRET}"):
        assert post(as_json(sent(1)), path=path).status == 404
    assert post(as_json(sent(1)), path=f"/v1/submission/integrax-br/{SECRET}").status == 404
    assert intake.ask("GET", SENT).status == 405
    assert intake.kept() == []
