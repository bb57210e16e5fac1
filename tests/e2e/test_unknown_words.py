"""A word that nobody knows is kept and listed; once the user names it, the past is corrected as well."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.asking import answered
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
