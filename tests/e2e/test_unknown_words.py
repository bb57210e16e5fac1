"""A word that nobody knows is kept and listed; once the user names it, the past is corrected as well."""

import json
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from schemas import timeout
from schemas.record import Record, RecordType
from tests.support.asking import answered, append
from tests.support.installation import Installation, installed, post

BEFORE = """
[sources.aatrox]
provider = "aatrox"

[sources.phones]
provider = "smsgateway24"
"""
AFTER = """
[sources.aatrox]
provider = "aatrox"
statuses = { parked = "sending", bounced = "undeliverable", delivered = "failed" }

[sources.phones]
provider = "smsgateway24"
statuses = { 13 = "failed" }
"""


@pytest.fixture(scope="module")
def delivrd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("words") / "data", BEFORE) as installation:
        yield installation


def lines(delivrd: Installation) -> dict[str, str]:
    return dict(line.split("\t") for line in delivrd.run("status").stdout.decode().splitlines())


def states(delivrd: Installation) -> dict[str, Any]:
    rows = delivrd.sql("SELECT message_id, (status, is_final, provider_status, facts) AS state FROM messages")
    return {row["message_id"]: row["state"] for row in rows}


def test_it_is_kept_counted_listed_named_and_corrected(delivrd: Installation) -> None:
    for number, word in enumerate(("parked", "parked", "bounced", "delivered")):
        answered(delivrd, "aatrox", json.dumps({"status": word}).encode(), question="sms", id=f"a{number}")
    sms = {"sms_id": 7, "status_id": 13, "status_message": "Entregue?", "sendto": "+4915752982212"}
    answer = post(delivrd.urls()["phones"], json.dumps(sms).encode())
    assert answer.status_code == 202
    assert "status" in answer.json()["notices"][0]["detail"]
    delivrd.audit()
    assert states(delivrd) == {
        **{f"a{number}": ["unknown", False, "parked", 1] for number in (0, 1)},
        "a2": ["unknown", False, "bounced", 1],
        "a3": ["delivered", True, "delivered", 1],
        "7": ["unknown", False, "13", 1],
    }
    assert lines(delivrd)["unknown in aatrox"].startswith("'parked' (2), 'bounced' (1); name them in `statuses`")
    assert lines(delivrd)["unknown in phones"].startswith("'13' (1)")
    with urllib.request.urlopen(f"http://127.0.0.1:{delivrd.console_port}/metrics", timeout=20) as metrics:
        assert b'delivrd_unknown_statuses_total{source="aatrox"} 3.0' in metrics.read()

    delivrd.configure(AFTER)
    delivrd.run("reload")
    delivrd.run("replay")
    delivrd.audit()
    assert states(delivrd) == {
        **{f"a{number}": ["sending", False, "parked", 1] for number in (0, 1)},
        "a2": ["undeliverable", True, "bounced", 1],
        "a3": ["failed", True, "delivered", 1],
        "7": ["failed", True, "13", 1],
    }
    assert not any(name.startswith("unknown in") for name in lines(delivrd))


def test_what_came_by_any_way_to_a_source_that_is_not_known_comes_in_once_it_is(delivrd: Installation) -> None:
    """Each dead letter is split again the way it came in."""
    context = b'{"asked": {"question": "sms", "id": "later-1"}}'
    sent = json.dumps({"message_id": "later-2", "recipient": "0412345678"}).encode()
    old = json.dumps({"kind": "report", "message_id": "later-3", "status": "failed"}).encode()
    ways = [
        (RecordType.POLL, "later-1", context, b'{"status": "delivered"}'),
        (RecordType.SUBMISSION, "later-2", b"", sent),
        (RecordType.IMPORT, "later-3", b"", old),
    ]
    now = time.time_ns() // 1_000_000
    records = [
        Record(f"r-{number}", "later", way, now, f"later/{message_id}", "", asked, body)
        for number, (way, message_id, asked, body) in enumerate(ways)
    ]
    append(delivrd, [*records, timeout.make("later", "later-4", "later-4", "", now)])
    assert delivrd.audit()["dead_lettered"] == 4

    delivrd.configure(f'{AFTER}\n[sources.later]\nprovider = "aatrox"\n')
    delivrd.run("reload")
    delivrd.run("dead", "replay", "--all")
    delivrd.audit()
    found = {name: state[0] for name, state in states(delivrd).items() if name.startswith("later")}
    assert found == {"later-1": "delivered", "later-2": "accepted", "later-3": "failed", "later-4": "unknown"}
    assert delivrd.sql("SELECT 1 FROM dead_letters WHERE state = 'open'") == []
