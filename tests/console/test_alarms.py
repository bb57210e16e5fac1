"""Alarms: what fires, why, and what somebody does about it."""

from tests.console.conftest import ALARM, Visitor
from tests.docs.sample import BRAZIL


def test_what_fires_is_on_top_of_the_overview(visitor: Visitor) -> None:
    shown = visitor.get("/").text
    assert f'<li class="page"><a id="firing-{ALARM}" href="/alarms/{ALARM}">{BRAZIL}, BR: failures</a>' in shown
    assert shown.index(ALARM) < shown.index("The last 24 hours")


def test_what_fires_and_what_rang_is_listed(visitor: Visitor) -> None:
    shown = visitor.get("/alarms").text
    assert f'href="/alarms/{ALARM}"' in shown
    assert "firing" in shown
    assert "Nothing fires" not in shown


def test_an_alarm_says_why(visitor: Visitor) -> None:
    shown = visitor.get(f"/alarms/{ALARM}").text
    assert f"{BRAZIL}, BR: messages fail" in shown
    assert "18 of 20 (90 %); usual 5.0 %, normal at worst 20 %" in shown
    assert "<svg" in shown
    assert "Nobody yet." in shown
    assert f"/drill?source={BRAZIL}&amp;country=BR" in shown


def test_one_that_is_not_there(visitor: Visitor) -> None:
    answer = visitor.get("/alarms/nothing")
    assert answer.status_code == 409
    assert "there is no alarm nothing" in answer.text


def test_somebody_is_at_it(operator: Visitor) -> None:
    assert "I am at it" in operator.get(f"/alarms/{ALARM}").text
    assert operator.send_form(f"/alarms/{ALARM}/acknowledge").status_code == 303
    shown = operator.get(f"/alarms/{ALARM}").text
    assert "somebody is at it" in shown
    assert "I am at it" not in shown


def test_muted_and_told_again(operator: Visitor) -> None:
    assert operator.send_form(f"/alarms/{ALARM}/mute", span="2h").status_code == 303
    assert "Tell of it again" in operator.get(f"/alarms/{ALARM}").text
    assert f"failures, {BRAZIL}, BR, until" in operator.get("/alarms").text
    assert operator.send_form(f"/alarms/{ALARM}/mute", span="").status_code == 303
    assert "Tell of it again" not in operator.get(f"/alarms/{ALARM}").text
    assert operator.send_form(f"/alarms/{ALARM}/mute", span="soon").status_code == 409
