"""The page of one message."""

import html
import json
import re
from urllib.parse import quote

import pytest

from tests.console.conftest import Visitor
from tests.docs.sample import BRAZIL
from tests.support.installation import Installation, post


def test_it_says_what_explain_says(visitor: Visitor, console: Installation) -> None:
    [told] = json.loads(console.run_here("explain", "br-020", "--json"))
    shown = visitor.get("/messages?q=br-020").text
    assert told["state"] == "delivered"
    assert f"<strong>delivered</strong>: {told['why']}" in shown
    for telling in told["tellings"]:
        assert telling["request_id"] in shown
        assert telling["note"] in shown


@pytest.mark.parametrize(
    "spelling", ["+5511993900020", "5511993900020", "(11) 99390-0020", "+55 11 99390-0020", "11993900020"]
)
def test_a_number_is_found_in_any_common_spelling(visitor: Visitor, spelling: str) -> None:
    shown = visitor.get(f"/messages?q={quote(spelling)}").text
    assert "<code>br-020</code>" in shown
    assert "+551********20" in shown
    assert "5511993900020" not in shown.replace(f'value="{spelling}"', "")


def test_what_is_not_known_is_said(visitor: Visitor) -> None:
    assert "Nothing is known of <q>nothing-such</q>" in visitor.get("/messages?q=nothing-such").text


def test_who_got_many_messages_finds_them_page_by_page(visitor: Visitor, console: Installation) -> None:
    reports = [{"messageId": f"many-{n:02d}", "phone": "5511993900093", "status": "DELIVRD"} for n in range(60)]
    post(console.urls()[BRAZIL], json.dumps(reports).encode())
    console.audit()
    found, address = [], "/messages?q=5511993900093"
    while address:
        shown = visitor.get(address).text
        found += re.findall(r"<code>(many-\d\d)</code>", shown)
        address = html.unescape("".join(re.findall(r'<a href="(/messages[^"]+)">Next', shown)))
    assert sorted(found) == [f"many-{n:02d}" for n in range(60)]
