"""Nothing that came with a right secret is gone, however bad: it is an event, or a dead letter with its very bytes.

What each is answered is told in `tests/receiver/test_bad_input.py`, from where these bodies are.
"""

import json
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pytest

from schemas.record import MAX_BODY, MAX_RECORD
from tests.e2e.bodies import INTEGRAX, SMSGATEWAY24, incoming, integrax, smsgateway24
from tests.receiver.test_bad_input import KEPT_AS_UNREADABLE, MALFORMED
from tests.support.installation import Installation, post

TOO_LARGE_FOR_A_RECORD = b'{"filling": "' + b"x" * (2 * MAX_RECORD) + b'"}'
UNREADABLE = [
    *MALFORMED.values(),
    *(json.dumps(content).encode() for content in KEPT_AS_UNREADABLE.values() if not isinstance(content, list)),
]
DATES: Mapping[str, str] = {
    "0001-01-01T00:00:00Z": "1970-01-01 00:00:00.000",
    "9999-12-31T23:59:59Z": "2100-01-01 00:00:00.000",
    "2026-04-12T10:30:00+05:30": "2026-04-12 05:00:00.000",
    "2026-04-12": "2026-04-12 00:00:00.000",
    "1775989800": "2026-04-12 10:30:00.000",
    "1775989800123": "2026-04-12 10:30:00.123",
    "yesterday": "",
    "0000-00-00 00:00:00": "",
    "2026-02-30T00:00:00Z": "",
}
"""The time that is shown; empty where the arrival stands in."""


@pytest.fixture(scope="module")
def letters(delivrd: Installation, urls: dict[str, str]) -> dict[tuple[str, bytes], str]:
    """The ids of all dead letters by source and bytes, after all that cannot be read was sent to both providers."""
    for url in urls.values():
        for body in UNREADABLE:
            assert post(url, body).status_code in (202, 400)
    delivrd.audit()
    with closing(delivrd.reader()) as reader:
        rows = reader.query("SELECT id, source, hex(body) FROM dead_letters WHERE state = 'open'")
    return {(source, bytes.fromhex(body)): id_ for id_, source, body in rows}


def test_each_body_that_cannot_be_read_is_a_dead_letter(letters: dict[tuple[str, bytes], str]) -> None:
    assert {(source, body) for source in (INTEGRAX, SMSGATEWAY24) for body in UNREADABLE} <= letters.keys()


@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: repr(body[:20]))
def test_a_dead_letter_shows_the_bytes_that_were_sent(
    delivrd: Installation, letters: dict[tuple[str, bytes], str], body: bytes
) -> None:
    assert delivrd.run_here("dead", "show", letters[INTEGRAX, body], "--body") == body


def test_what_is_larger_than_a_record_is_there_whole_or_in_pieces(delivrd: Installation, urls: dict[str, str]) -> None:
    assert post(urls[INTEGRAX], TOO_LARGE_FOR_A_RECORD).status_code == 202
    delivrd.audit()
    rows = delivrd.sql("SELECT id, log_offset FROM dead_letters WHERE reason != '' AND body LIKE '%xxxxxxxx%'")
    in_order = sorted(rows, key=lambda row: int(row["log_offset"]))
    pieces = [delivrd.run_here("dead", "show", row["id"], "--body") for row in in_order]
    assert b"".join(pieces) == TOO_LARGE_FOR_A_RECORD


def test_a_bad_report_among_good_ones_takes_nothing_with_it(delivrd: Installation, urls: dict[str, str]) -> None:
    bad = b'{ "status" :  "DELIVRD",\t"note": "neither id nor phone" }'
    good = [integrax(f"beside-{number}") for number in range(3)]
    assert post(urls[INTEGRAX], b"[" + good[0] + b",\n" + bad + b" ," + b", ".join(good[1:]) + b"]").status_code == 202
    delivrd.audit()
    assert len(delivrd.sql("SELECT 1 FROM messages WHERE startsWith(message_id, 'beside-')")) == 3
    [row] = delivrd.sql("SELECT id, reason FROM dead_letters WHERE body LIKE '%neither id nor phone%'")
    assert delivrd.run("dead", "show", row["id"], "--body").stdout == bad


def test_ten_thousand_reports_in_a_body_are_ten_thousand_messages(delivrd: Installation, urls: dict[str, str]) -> None:
    body = b"[" + b",".join(smsgateway24(10_000 + number) for number in range(10_000)) + b"]"
    assert post(urls[SMSGATEWAY24], body).status_code == 200
    delivrd.audit()
    query = "SELECT toUInt32(count()) AS n FROM messages WHERE toUInt32OrZero(message_id) BETWEEN 10000 AND 19999"
    assert delivrd.sql(query) == [{"n": 10_000}]


def test_odd_ids_and_texts_are_kept_to_the_letter(delivrd: Installation, urls: dict[str, str]) -> None:
    ids = ["👍🏽", "a\0b", "tab\tline\nquote'\"\\", " spaces ", "9" * 1024, "0" * 10, "null", "ﬁ", "e\u0301"]
    for id_ in ids:
        assert post(urls[INTEGRAX], integrax(id_)).status_code == 200
    delivrd.audit()
    with closing(delivrd.reader()) as reader:
        stored = {id_ for (id_,) in reader.query("SELECT message_id FROM messages")}
    assert stored.issuperset(ids)


def test_numbers_where_texts_belong_and_surplus_fields(delivrd: Installation, urls: dict[str, str]) -> None:
    content = {"messageId": 823816396, "phone": 5511999999999, "status": "DELIVRD", "surplus": {"deep": [1, None]}}
    assert post(urls[INTEGRAX], json.dumps(content).encode()).status_code == 200
    delivrd.audit()
    [row] = delivrd.sql("SELECT recipient, status FROM messages WHERE message_id = '823816396'")
    assert row == {"recipient": "+5511999999999", "status": "delivered"}


def test_dates_of_every_kind(delivrd: Installation, urls: dict[str, str]) -> None:
    for given in DATES:
        assert post(urls[INTEGRAX], integrax(f"at {given}", time=given)).status_code in (200, 202)
    delivrd.audit()
    rows = delivrd.sql("SELECT message_id, state_at, first_seen_at FROM messages WHERE startsWith(message_id, 'at ')")
    shown: dict[str, Any] = {row["message_id"]: row for row in rows}
    for given, at in DATES.items():
        row = shown[f"at {given}"]
        assert row["state_at"] == (at or row["first_seen_at"]), given


def test_what_is_refused_at_the_door_is_not_kept(delivrd: Installation, urls: dict[str, str]) -> None:
    before = delivrd.audit()
    url = urls[INTEGRAX]
    assert post(url, b" " * (MAX_BODY + 1)).status_code == 413
    assert post(url[:-1], integrax("wrong secret")).status_code == 404
    assert post(url.replace(INTEGRAX, "nobody"), integrax("unknown source")).status_code == 404
    assert post(f"{url}/../x", incoming(1)).status_code == 404
    assert delivrd.audit() == before
