"""What somebody reads who was asleep a minute ago."""

import msgspec

from alerts.background import NOTHING, Background, CommonError, Other
from alerts.due import Due
from alerts.texts import body, content, sql, subject
from alerts.words import MEANINGS
from schemas.status import Family
from tests.alerts.test_due import OPENED, RESOLVED

LINK = "https://delivrd.example.com/alarms/alarm"
KNOWN = Background(CommonError("network", "21", "no way to +551********21", 12, 18), (Other("b", 230, 240),))


def test_a_page_says_what_where_since_when_how_many_how_sure_why_and_what_to_do() -> None:
    due = Due("oncall", OPENED, 1, 0, 0)
    assert subject(due) == "PAGE a, BR: messages fail"
    text = body(due, "America/Sao_Paulo", KNOWN, LINK)
    assert text.splitlines()[:7] == [
        "Since 08:55 on Tue 06 Jan (-03): 18 of 20 (90 %); usual 5.0 %, normal at worst 20 %.",
        "Luck does this once in 1 million times (evidence 14; 12 rings).",
        "12 of 18 failures have the error 21 (no way to +551********21): a network on the way did not work.",
        "Delivered in the same country by others: b 96 % of 240.",
        "Send by another route if you can, and ask the provider.",
        "",
        LINK,
    ]
    assert "delivrd alerts show alarm" in text
    assert "SELECT" in text


def test_what_is_not_known_is_left_out_and_that_nobody_else_sends_there_is_said() -> None:
    due = Due("oncall", OPENED, 1, 0, 0)
    assert "error" not in body(due, "UTC", NOTHING, LINK).replace("error_", "")
    assert "others" not in body(due, "UTC", NOTHING, LINK)
    assert "No other source had messages in the same country." in body(due, "UTC", Background(None, ()), LINK)


def test_a_webhook_gets_the_same_as_figures() -> None:
    told = content(OPENED, KNOWN, LINK)
    assert (told["link"], told["others"][0].delivered) == (LINK, 230)
    assert told["error"]["meaning"] == "a network on the way did not work"
    assert (told["id"], told["bad"], told["of"]) == ("alarm", 18, 20)


def test_each_family_of_errors_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Family)


def test_the_end_says_how_long_it_took() -> None:
    due = Due("oncall", RESOLVED, 3, 0, 0)
    assert subject(due) == "OVER a: messages fail"
    assert body(due, "UTC", NOTHING, LINK).startswith("Over since 12:31 on Tue 06 Jan (UTC), after 36 minutes.")


def test_a_reminder_and_a_change_say_so() -> None:
    assert subject(Due("oncall", OPENED, 1, 1, 0)).startswith("STILL ")
    assert subject(Due("oncall", OPENED, 2, 0, 0)).startswith("CHANGED ")


def test_the_sql_asks_for_the_alarm_s_scope_whatever_its_name() -> None:
    odd = msgspec.structs.replace(OPENED, scope=OPENED.scope._replace(carrier="O'Neill"))
    assert "source = 'a' AND country = 'BR' AND carrier = 'O\\'Neill'" in sql(odd)
