"""Sources beside one another."""

import json
import re

from tests.console.conftest import Visitor
from tests.support.installation import Installation, post
from tests.support.waiting import until


def test_many_are_ranked_by_what_is_sure_and_few_are_not(visitor: Visitor, console: Installation) -> None:
    for name in ("route-a", "route-b", "route-c"):
        console.configure(console.folder.config.read_text() + f'\n[sources.{name}]\nprovider = "integrax"\n')
    console.run("reload")
    urls = console.urls()
    # Nobody else sends to Portugal: a route of these three sources alone.
    for name, count, failures in (("route-a", 60, 3), ("route-b", 60, 12), ("route-c", 5, 0)):
        reports = [
            {
                "messageId": f"{name}-{n}",
                "phone": f"35191000{n:04d}",
                "status": "UNDELIV" if n < failures else "DELIVRD",
            }
            for n in range(count)
        ]
        post(urls[name], json.dumps(reports).encode())
    console.audit()

    def compared() -> str:
        shown = visitor.get("/compare?country=PT").text
        return shown if "route-c" in shown else ""

    shown = until(compared, "the figures by hour are worked out")
    rows = re.findall(r"<tr[^>]*>\s*<td>(.+?)</td>\s*<td>(route-\w)\b.*?</td>\s*<td class=\"n\">([\d.]+) %", shown)
    assert [(rank, source) for rank, source, _ in rows][:2] == [("1", "route-a"), ("2", "route-b")]
    assert [rate for _, _, rate in rows] == ["95.0", "80.0", "100.0"]
    assert re.search(r'<tr class="faded">\s*<td>[^<\d]</td>\s*<td>route-c', shown)
    assert "NULL" not in shown.split("<details>")[0], "no cost is known"
    assert "86.3 to 98.3 %" in shown, "the Wilson interval of 57 in 60"
