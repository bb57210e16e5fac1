"""The page of one message."""

import json
from urllib.parse import quote

import pytest

from tests.console.conftest import Visitor
from tests.support.installation import Installation


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
