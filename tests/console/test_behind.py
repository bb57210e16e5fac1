"""What stands behind the lists: their SQL, and the same as files."""

import html
import re

import pytest

from tests.console.conftest import ALARM, Visitor
from tests.support.installation import Installation


@pytest.mark.parametrize("page", ["/", "/drill", "/compare", "/dead", "/alarms", "/health"])
def test_the_sql_of_each_page_runs_as_it_stands(visitor: Visitor, console: Installation, page: str) -> None:
    [statement] = re.findall(r'<pre tabindex="0">(.+?)</pre>', visitor.get(page).text, re.DOTALL)
    assert console.run_here("sql", html.unescape(statement), "--format", "TSVWithNames").strip()


@pytest.mark.parametrize("page", ["/drill", "/compare", "/dead", "/alarms"])
def test_each_list_is_there_as_a_file(visitor: Visitor, page: str) -> None:
    shown = visitor.get(page).text
    addresses = [html.unescape(address) for address in re.findall(rf'"({page}/download/[^"]+)" download', shown)]
    csv, parquet = (visitor.get(address) for address in addresses)
    assert csv.headers["content-type"].startswith("text/csv")
    assert parquet.content[:4] == b"PAR1"
    assert re.search(r"since=\d{4}-", addresses[0]), "it is the same tomorrow"
    assert visitor.get(f"{page}/download/exe").status_code == 404


def test_a_file_holds_what_the_page_shows(visitor: Visitor) -> None:
    alarms = visitor.get("/alarms/download/csv").text.splitlines()
    assert alarms[0].startswith('"id","kind","severity"')
    assert any(line.startswith(f'"{ALARM}","failures","page"') for line in alarms)
    letters = visitor.get("/dead/download/csv", params={"reason": "not_json"}).text.splitlines()
    assert len(letters) == 2
