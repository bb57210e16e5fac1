"""The overview: figures that agree with SQL, and come by themselves."""

import json
import re

from tests.console.conftest import Visitor
from tests.docs.sample import BRAZIL
from tests.support.installation import Installation, post
from tests.support.waiting import until


def figure(shown: str, label: str) -> str:
    found = re.search(rf"<dt>{label}</dt>\s*<dd>([^<]+)<", shown)
    assert found, label
    return found[1].strip()


def test_the_figures_are_those_of_the_messages(visitor: Visitor, console: Installation) -> None:
    (asked,) = console.sql(
        "SELECT count() AS messages, countIf(is_delivered) AS delivered, countIf(NOT is_final) AS open FROM messages"
    )
    shown = visitor.get("/").text
    assert figure(shown, "Messages") == str(asked["messages"])
    assert figure(shown, "Delivered") == str(asked["delivered"])
    assert figure(shown, "Open") == str(asked["open"])
    assert "Every report up to" in shown


def test_what_comes_in_is_told_to_an_open_page(visitor: Visitor, console: Installation) -> None:
    shown = visitor.get("/").text
    before = int(figure(shown, "Messages"))
    found = re.search(r'hx-get="(/overview/figures\?seen=[^"]*)"', shown)
    assert found
    assert "Messages" not in visitor.get(found[1]).text, "nothing came, so only the time is told"
    report = {"messageId": f"new-{before}", "phone": "5511993900097", "status": "DELIVRD"}
    post(console.urls()[BRAZIL], json.dumps(report).encode())

    def newer() -> str | None:
        text = visitor.get(found[1]).text
        return text if "Messages" in text else None

    assert int(figure(until(newer, "newer figures"), "Messages")) == before + 1
