"""What somebody reads who was asleep a minute ago."""

import msgspec

from alerts.due import Due
from alerts.texts import body, sql, subject
from tests.alerts.test_due import OPENED, RESOLVED


def test_a_page_says_what_where_since_when_how_many_and_how_sure() -> None:
    due = Due("oncall", OPENED, 1, 0, 0)
    assert subject(due) == "PAGE a, BR: messages fail"
    text = body(due, "America/Sao_Paulo")
    assert text.startswith(
        "Since 08:55 on Tue 06 Jan (-03): 18 of 20 (90 %); usual 5.0 %, normal at worst 20 %.\n"
        "Evidence 14, of which 12 rings: odds of one in 1 million against luck.\n"
    )
    assert "delivrd alerts show alarm" in text


def test_the_end_says_how_long_it_took() -> None:
    due = Due("oncall", RESOLVED, 3, 0, 0)
    assert subject(due) == "OVER a: messages fail"
    assert body(due, "UTC").startswith("Over since 12:30 on Tue 06 Jan (UTC), after 35 minutes.")


def test_a_reminder_and_a_change_say_so() -> None:
    assert subject(Due("oncall", OPENED, 1, 1, 0)).startswith("STILL ")
    assert subject(Due("oncall", OPENED, 2, 0, 0)).startswith("CHANGED ")


def test_the_sql_asks_for_the_alarm_s_scope_whatever_its_name() -> None:
    odd = msgspec.structs.replace(OPENED, scope=OPENED.scope._replace(carrier="O'Neill"))
    assert "source = 'a' AND country = 'BR' AND carrier = 'O\\'Neill'" in sql(odd)
