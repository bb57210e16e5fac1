"""The table of answers, row by row, over both ways through the server; and what is kept each time."""

import json
from pathlib import Path

import pytest

from pipeline.log import LogFull, LogUnavailable
from schemas.record import MAX_BODY, RecordType
from tests.receiver.appenders import Failing
from tests.receiver.intake import JSON, PATH, SECRET, Intake, Post, as_json, report

FIXTURES = Path(__file__).parent.parent / "fixtures"
INTEGRAX_FILES = ("dlr_seed.json", "dlr_sdk_readme.json")
GATEWAY_FILES = tuple(sorted(path.name for path in (FIXTURES / "smsgateway24").glob("webhook_*.json")))


@pytest.mark.parametrize("name", INTEGRAX_FILES)
def test_a_report_of_integrax_is_accepted_and_kept_as_it_came(intake: Intake, post: Post, name: str) -> None:
    body = (FIXTURES / "integrax" / name).read_bytes()
    answer = post(body)
    assert (answer.status, answer.json()) == (200, {"status": "accepted"})
    (record,) = intake.kept()
    assert record.body == body
    assert record.source == "integrax-br"
    assert record.type == RecordType.WEBHOOK
    assert record.content_type == "application/json"
    assert record.context == b""
    found = json.loads(body)
    assert record.key == f"integrax-br/{found.get('messageId') or found.get('message_id')}"


@pytest.mark.parametrize("name", GATEWAY_FILES)
def test_a_webhook_of_smsgateway24_is_accepted_and_kept_as_it_came(intake: Intake, post: Post, name: str) -> None:
    body = (FIXTURES / "smsgateway24" / name).read_bytes()
    assert post(body, path=f"/v1/webhooks/phones/{SECRET}").status == 200
    (record,) = intake.kept()
    assert record.body == body
    assert record.source == "phones"


def test_the_same_again_gets_the_same_answer_and_is_kept_again(intake: Intake, post: Post) -> None:
    first, second = post(as_json(report())), post(as_json(report()))
    assert (first.status, first.body) == (second.status, second.body) == (200, b'{"status":"accepted"}')
    one, two = intake.kept()
    assert one.id != two.id
    assert (one.key, one.body) == (two.key, two.body)


def test_a_list_is_kept_report_by_report_and_the_bad_ones_are_named(intake: Intake, post: Post) -> None:
    good, bad, odd = report(1), {"phone": "5511987654321", "status": "DELIVRD"}, 17
    answer = post(b"[ %b ,\n%b, %b]" % (as_json(good), as_json(bad), as_json(odd)))
    assert answer.status == 202
    told = answer.json()
    assert told["accepted"] == 1
    assert [(one["index"], one["reason"]) for one in told["unreadable"]] == [(1, "missing_id"), (2, "unknown_shape")]
    assert [(record.key, record.body) for record in intake.kept()] == [
        ("integrax-br/1", as_json(good)),
        (None, as_json(bad)),
        (None, b"17"),
    ]
    assert [record.id for record in intake.kept()] == [f"{told['request']}-{index}" for index in range(3)]


def test_an_unknown_shape_is_kept_and_told(intake: Intake, post: Post) -> None:
    answer = post(b'{"hello": "world"}')
    assert answer.status == 202
    assert answer.json()["unreadable"][0]["reason"] == "unknown_shape"
    assert [(record.key, record.body) for record in intake.kept()] == [(None, b'{"hello": "world"}')]


def test_an_unknown_status_is_accepted_and_told(intake: Intake, post: Post) -> None:
    answer = post(as_json(report(status="MAYBE")))
    assert answer.status == 202
    assert answer.json()["unreadable"] == []
    assert "status" in answer.json()["notices"][0]["detail"]
    assert intake.kept()[0].key == "integrax-br/1"


def test_a_list_without_reports_says_nothing_and_is_kept(intake: Intake, post: Post) -> None:
    assert post(b"[]").status == 200
    assert [(record.key, record.body) for record in intake.kept()] == [(None, b"[]")]


def test_a_malformed_body_is_refused_with_its_place_and_kept(intake: Intake, post: Post) -> None:
    body = b'{"messageId": "1", "phone": }'
    answer = post(body)
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["type"], told["title"], told["status"]) == ("about:blank", "Bad Request", 400)
    assert (told["reason"], "byte 28" in told["detail"]) == ("not_json", True)
    (record,) = intake.kept()
    assert (record.key, record.body, record.id) == (None, body, f"{told['request']}-0")


def test_wrong_secret_and_unknown_source_are_told_alike_and_not_kept(intake: Intake, post: Post) -> None:
    wrong = post(as_json(report()), path="/v1/webhooks/integrax-br/wrong-secret-0123456789abcde")
    unknown = post(as_json(report()), path=f"/v1/webhooks/nobody/{SECRET}")
    assert wrong.status == 404
    assert (unknown.status, unknown.body) == (wrong.status, wrong.body)
    assert wrong.headers["content-type"] == "application/problem+json"
    assert intake.kept() == []


def test_a_body_of_exactly_eight_mebibytes_fits(intake: Intake, post: Post) -> None:
    body = b'{"x": 1}'.ljust(MAX_BODY)
    assert post(body).status == 202
    assert b"".join(record.body for record in intake.kept()) == body


def test_a_larger_body_is_too_large(intake: Intake, post: Post) -> None:
    answer = post(b" " * (MAX_BODY + 1))
    assert (answer.status, answer.json()["status"]) == (413, 413)
    assert intake.kept() == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_another_method_is_not_allowed(intake: Intake, method: str) -> None:
    for path in (PATH, "/v1/webhooks/no/such"):
        answer = intake.ask(method, path, as_json(report()))
        assert (answer.status, answer.headers["allow"]) == (405, "POST")
        assert answer.headers["content-type"] == "application/problem+json"
    assert intake.kept() == []


def test_head_is_not_allowed_and_has_no_body(intake: Intake) -> None:
    with intake.connect() as connection:
        connection.sendall(b"HEAD %b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n" % PATH.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("error", [LogFull("full"), LogUnavailable("gone"), UnicodeEncodeError("utf-8", "x", 0, 1, "")])
@pytest.mark.parametrize("way", ["post", "post_in_pieces"])
def test_a_log_that_cannot_take_it_is_unavailable(tmp_path: Path, error: Exception, way: str) -> None:
    with Intake(tmp_path, appender=lambda _: Failing(error)) as intake:
        answer = getattr(intake, way)(as_json(report()))
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_time_is_that_of_the_arrival(tmp_path: Path) -> None:
    with Intake(tmp_path, clock=lambda: 1_700_000_000_123) as intake:
        intake.post(as_json([report(1), report(2)]))
        assert [record.time for record in intake.kept()] == [1_700_000_000_123] * 2


def test_the_query_is_kept_and_the_path_is_not(intake: Intake, post: Post) -> None:
    post(as_json(report()), path=f'{PATH}?device=7&x="%20')
    (record,) = intake.kept()
    assert json.loads(record.context) == {"query": 'device=7&x="%20'}
    assert all(SECRET not in str(getattr(record, field)) for field in record.__struct_fields__)


def test_a_long_query_is_cut_to_fit(intake: Intake, post: Post) -> None:
    query = '"' * 20_000
    assert post(as_json(report()), path=f"{PATH}?{query}").status == 200
    (record,) = intake.kept()
    assert len(record.context) <= 8 * 1024
    told = json.loads(record.context)
    assert query.startswith(told["query"])
    assert told["query_length"] == len(query)


def test_a_missing_content_type_is_kept_as_empty(intake: Intake, post: Post) -> None:
    post(as_json(report()), {})
    assert intake.kept()[0].content_type == ""


def test_no_answer_says_what_answers(intake: Intake, post: Post) -> None:
    for answer in (post(as_json(report())), post(b"{"), intake.ask("GET", "/nothing"), intake.ask("GET", "/healthz")):
        assert "server" not in answer.headers
        assert b"uvicorn" not in answer.body.lower()
        assert set(answer.headers) <= {"date", "content-type", "content-length"}


@pytest.mark.parametrize(
    "path",
    ["/", "/schema", "/schema/openapi.json", "/docs", "/v1", "/v1/webhooks", "/favicon.ico", "/metrics", "/v1/x"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_nothing_else_answers(intake: Intake, path: str, method: str) -> None:
    answer = intake.ask(method, path)
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Not Found"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_answers_get_and_head_alone(intake: Intake, path: str) -> None:
    assert intake.ask("GET", path).status == 200
    with intake.connect() as connection:
        connection.sendall(f"HEAD {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        assert b"".join(iter(lambda: connection.recv(65536), b"")).startswith(b"HTTP/1.1 200 ")
    for method in ("POST", "OPTIONS", "DELETE"):
        answer = intake.ask(method, path)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    assert intake.ask("GET", f"{path}/").status == 404


def test_ready_only_while_the_disk_has_room(tmp_path: Path) -> None:
    room = {"free": 1 << 40}
    with Intake(tmp_path, free=lambda _: room["free"]) as intake:
        assert intake.ask("GET", "/readyz").status == 200
        room["free"] = 1024
        assert intake.ask("GET", "/readyz").status == 503
        assert intake.ask("GET", "/healthz").status == 200
        assert intake.post(as_json(report()), JSON).status == 503
        room["free"] = 1 << 40
        assert intake.ask("GET", "/readyz").status == 200
        assert intake.post(as_json(report()), JSON).status == 200
        assert len(intake.kept()) == 1
