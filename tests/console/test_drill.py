"""From a country down to single messages."""

import csv
import html
import io
import re

import pytest

from tests.console.conftest import FORMULA, SCRIPT, Visitor
from tests.docs.sample import BRAZIL
from tests.support.installation import Installation
from tests.support.waiting import until


def rows(shown: str) -> list[tuple[str, str, int]]:
    """Name, address and number of messages of each part."""
    found = re.findall(r'<tr>\s*<td><a href="([^"]+)">([^<]*)</a></td>\s*<td class="n">([\d,]+)</td>', shown)
    return [(html.unescape(name), html.unescape(link), int(count.replace(",", ""))) for link, name, count in found]


@pytest.fixture
def worked_out(console: Installation) -> Installation:
    """The figures by hour hold every message."""
    until(
        lambda: (
            console.sql("SELECT sum(messages) AS n FROM deliveries") == console.sql("SELECT count() AS n FROM messages")
        ),
        "the figures by hour are worked out",
    )
    return console


def test_each_level_adds_up_to_the_one_above(visitor: Visitor, worked_out: Installation) -> None:
    (everything,) = worked_out.sql(f"SELECT count() AS n FROM messages WHERE source = '{BRAZIL}'")
    address, expected = f"/drill?source={BRAZIL}", everything["n"]
    for level in ("Country", "Carrier", "Hour", "Error family"):
        shown = visitor.get(address).text
        assert f"<th>{level}</th>" in shown
        found = rows(shown)
        assert sum(count for _, _, count in found) == expected
        _, address, expected = found[0]
    listed = visitor.get(address).text
    assert len(re.findall(r'href="/messages\?q=', listed)) == expected


def test_a_whole_day_is_the_sum_of_its_hours(visitor: Visitor, worked_out: Installation) -> None:
    """Days that are whole are read as days, the others' hours as hours: nothing counts twice or is left out."""
    [span] = worked_out.sql("SELECT toDate(min(hour)) AS first, toDate(max(hour)) + 1 AS next FROM deliveries")
    by_country = "SELECT country, sum(messages) AS messages FROM {} GROUP BY country ORDER BY country"
    hours = worked_out.sql(by_country.format("deliveries"))
    until(lambda: worked_out.sql(by_country.format("deliveries_daily")) == hours, "the figures by day are worked out")
    for since, until_ in ((f"{span['first']}T00:00", f"{span['next']}T00:00"), ("80h", f"{span['next']}T03:00")):
        found = rows(visitor.get(f"/drill?since={since}&until={until_}").text)
        shown = {name: messages for name, _, messages in found}
        assert shown == {one["country"] or "not known": int(one["messages"]) for one in hours}


def test_a_link_shows_the_same_tomorrow(visitor: Visitor) -> None:
    found = re.search(r'<a href="([^"]+)">Link to this view', visitor.get("/drill?since=24h").text)
    assert found
    assert re.search(r"since=\d{4}-\d\d-\d\dT\d\d%3A00&amp;until=\d{4}-", found[1])


@pytest.mark.parametrize("address", ["/drill", "/drill?country=BR&carrier=&hour={hour}&family="])
def test_the_sql_that_is_shown_runs_and_says_the_same(visitor: Visitor, worked_out: Installation, address: str) -> None:
    (hour,) = worked_out.sql("SELECT formatDateTime(max(hour), '%Y-%m-%dT%H:%i') AS hour FROM deliveries")
    shown = visitor.get(address.format(**hour)).text
    [statement] = re.findall(r'<pre tabindex="0">(.+?)</pre>', shown, re.DOTALL)
    answered = worked_out.sql(html.unescape(statement))
    assert len(answered) == len(rows(shown)) or len(answered) == shown.count('href="/messages?q=')


def test_a_download_holds_all_and_nothing_that_a_spreadsheet_runs(visitor: Visitor, console: Installation) -> None:
    fixed = "since=24h&country=BR&carrier=Claro&family="
    (hour,) = console.sql("SELECT formatDateTime(max(toStartOfHour(home)), '%Y-%m-%dT%H:%i') AS hour FROM messages")
    answer = visitor.get(f"/drill/download/csv?{fixed}&hour={hour['hour']}")
    assert "attachment" in answer.headers["content-disposition"]
    (told,) = [row for row in csv.DictReader(io.StringIO(answer.text)) if FORMULA in row["message_id"]]
    assert told["message_id"] == f"'{FORMULA}"
    assert told["provider_status"] == f"'{FORMULA}"
    assert told["recipient"] == "'+551********98"


def test_parquet_is_as_it_is_stored(visitor: Visitor) -> None:
    assert visitor.get("/drill/download/parquet?since=24h").content[:4] == b"PAR1"
    assert visitor.get("/drill/download/exe").status_code == 404


def test_nothing_that_is_asked_is_sql(visitor: Visitor) -> None:
    shown = visitor.get("/drill", params={"country": "' OR 1=1 --", "source": f"x{SCRIPT}"}).text
    assert "No messages" in shown
    assert SCRIPT not in shown
