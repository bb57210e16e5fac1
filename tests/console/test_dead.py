"""Dead letters: found, looked at, replayed, thrown away."""

import html
import json
import re

from delivrd.parts import event_log
from pipeline.clock import now_ms
from pipeline.settings import load
from schemas.record import Record, RecordType
from tests.console.conftest import Visitor
from tests.docs.sample import BRAZIL, GERMANY
from tests.support.installation import Installation, post


def letters(visitor: Visitor, query: str) -> list[str]:
    return re.findall(r'href="/dead/([0-9a-f]{32})"', visitor.get(f"/dead?{query}").text)


def test_they_are_found_by_reason_source_and_time(visitor: Visitor, console: Installation) -> None:
    asked = console.sql("SELECT id, reason, source FROM dead_letters ORDER BY received_at DESC, id")
    assert len(asked) >= 3
    assert letters(visitor, "") == [one["id"] for one in asked]
    for reason, source in {(one["reason"], one["source"]) for one in asked}:
        matching = [one["id"] for one in asked if (one["reason"], one["source"]) == (reason, source)]
        assert letters(visitor, f"reason={reason}&source={source}") == matching
    assert letters(visitor, "since=2020-01-01&show=replayed") == []
    assert "neither an age" in html.unescape(visitor.get("/dead?since=yesterday").text)


def test_one_shows_its_bytes_with_numbers_masked(operator: Visitor, console: Installation) -> None:
    [one] = console.sql("SELECT id, body FROM dead_letters WHERE reason = 'missing_id'")
    shown = html.unescape(operator.get(f"/dead/{one['id']}").text)
    assert one["body"] not in shown
    assert one["body"].replace("5511993900099", "551********99") in shown
    assert operator.get(f"/dead/{one['id']}/bytes").text == one["body"]
    assert operator.get("/dead/00").status_code == 404


def test_a_replay_brings_in_what_can_be_read_now(operator: Visitor, console: Installation) -> None:
    bodies = [
        b'{"messageId": "late-%d", "phone": "5511993900096", "status": "DELIVRD"}' % number for number in range(2)
    ]
    with event_log(load(console.folder.root)) as log:
        log.append([Record(body.hex(), "late", RecordType.WEBHOOK, now_ms(), None, "", b"", body) for body in bodies])
    console.audit()
    still = operator.send_form("/dead/replay", reason="unknown_source", source="late").text
    assert "0 came in" in still
    assert "2 still cannot be read" in still
    console.configure(console.folder.config.read_text() + '\n[sources.late]\nprovider = "integrax"\n')
    console.run("reload")
    chosen = letters(operator, "reason=unknown_source")
    assert "1 came in" in operator.send_form("/dead/replay", id=chosen[0]).text
    assert "1 came in" in operator.send_form("/dead/replay", reason="unknown_source").text
    assert console.sql("SELECT count() AS n FROM messages WHERE source = 'late'") == [{"n": 2}]
    assert operator.send_form("/dead/replay", id=chosen).status_code == 409, "none is open any more"


def test_what_is_discarded_is_open_no_more(operator: Visitor, console: Installation) -> None:
    for number in range(3):
        post(console.urls()[BRAZIL], json.dumps({"rubbish": number}).encode())
    console.audit()
    chosen = letters(operator, "")[:3]
    assert "Discard 2 dead letters?" in operator.send_form("/dead/discard", id=chosen[1:]).text
    assert set(chosen) <= set(letters(operator, "")), "nothing happened before that was answered"
    assert "1 were thrown away" in operator.send_form("/dead/discard", id=chosen[0], sure="true").text
    assert "2 were thrown away" in operator.send_form("/dead/discard", id=chosen[1:], sure="true").text
    assert not set(chosen) & set(letters(operator, ""))
    assert set(chosen) <= set(letters(operator, "show=discarded"))


def test_all_of_a_reason_are_discarded_when_that_was_confirmed(operator: Visitor, console: Installation) -> None:
    for number in range(2):
        post(console.urls()[GERMANY], b'{"rubbish": %d}' % number)
    console.audit()
    query = f"reason=unknown_shape&source={GERMANY}"
    open_ones = letters(operator, query)
    asked = operator.send_form("/dead/discard", reason="unknown_shape", source=GERMANY).text
    assert f"Discard {len(open_ones)} dead letters?" in asked
    fields = dict(re.findall(r'name="(reason|source|sure)" value="([^"]*)"', asked))
    assert letters(operator, query) == open_ones
    assert f"{len(open_ones)} were thrown away" in operator.send_form("/dead/discard", **fields).text
    assert letters(operator, query) == []
