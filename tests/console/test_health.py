"""Whether the pipeline works, on one page."""

import html
import re

import pytest

from console.pages.health import OUTCOMES
from tests.console.conftest import Visitor
from tests.support.installation import Installation


def test_the_equation_adds_up(visitor: Visitor, console: Installation) -> None:
    shown = visitor.get("/health").text
    equation = re.search(r'<p class="equation">(.+?)</p>', shown, re.DOTALL)
    assert equation
    total, *parts = (int(number.replace(",", "")) for number in re.findall(r"[\d,]+", equation[1]))
    assert total == sum(parts)
    [statement] = re.findall(r'<pre tabindex="0">(.+?)</pre>', shown, re.DOTALL)
    [told] = console.sql(html.unescape(statement))
    assert total == told["records"]
    assert parts == [*(told[name] for name in OUTCOMES), 0]


def test_it_says_what_status_says(visitor: Visitor, console: Installation) -> None:
    shown = visitor.get("/health/standing").text
    for line in console.run("status").stdout.decode().splitlines()[1:]:
        what = line.split("\t")[0]
        assert f"<td>{what}</td>" in shown, what
    assert "bad-word" not in shown


@pytest.mark.parametrize("since", ["1h", ""])
def test_the_audit_reads_every_record_again(operator: Visitor, console: Installation, since: str) -> None:
    console.audit()
    shown = operator.send_form("/health/audit", since=since).text
    equation = re.search(r'<p class="equation">(.+?)</p>', shown, re.DOTALL)
    assert equation
    total, *parts = (int(number.replace(",", "")) for number in re.findall(r"[\d,]+", equation[1]))
    assert total == sum(parts) == console.audit()["received"]
    assert "Nothing is missing" in shown
