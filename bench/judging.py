"""What a judge says of the alarms on its streams, of delivrd's and of a naive rule's side by side."""

from collections.abc import Iterable
from typing import Any

import msgspec
from rich.table import Table

ENOUGH = {
    ("outage", 0.97): 30, ("outage", 0.95): 500, ("degrade", 0.3): 400, ("degrade", 0.1): 2500, ("dlr_stop", 1.0): 60,
    ("dlr_delay", 30.0): 200, ("latency", 5.0): 600, ("bad_list", 0.6): 150, ("silence", 0.0): 300, ("fake", 0.0): 1000,
}  # fmt: skip
"""The messages, by kind and size of an incident, without which nobody can find it."""

Scored = dict[str, Any]
"""What the judge tells of one method on one stream."""


class Tally(msgspec.Struct):
    """What one method came to over all streams."""

    findable: int = 0
    found: int = 0
    detected: int = 0
    exact: int = 0
    notifications: int = 0
    wrongly_paged: int = 0
    false_pages: int = 0
    false_alarms: int = 0
    days: float = 0.0

    def add(self, labels: dict[str, Any], scored: Scored) -> None:
        """Take in one stream."""
        self.days += (labels["end"] - labels["train_until"]) / 86_400
        self.false_pages += scored["false_pages"]
        self.false_alarms += scored["false_alarms"]
        for incident in scored["incidents"]:
            self.findable += is_findable(incident)
            self.found += is_findable(incident) and incident["detected"]
            if incident["detected"]:
                self.detected += 1
                self.exact += incident["exact_scope"]
                self.notifications += incident["notifications"]
                self.wrongly_paged += incident["wrongly_paged"]

    def row(self) -> list[str]:
        """As one of `sums`."""
        found = f"{self.found} ({100 * self.found / self.findable:.0f} %)" if self.findable else "-"
        exact = f"{100 * self.exact / self.detected:.0f} %" if self.detected else "-"
        each = f"{self.notifications / self.detected:.2f}" if self.detected else "-"
        numbers = (self.wrongly_paged, self.false_pages, self.false_alarms)
        return [str(self.findable), found, exact, each, *map(str, numbers), f"{self.days:.0f}"]


def is_findable(incident: dict[str, Any]) -> bool:
    """Whether it has messages enough to be found at all."""
    return bool(incident["messages"] >= ENOUGH[incident["kind"], incident["size"]])


def sums(tallies: Iterable[tuple[str, Tally]]) -> Table:
    """All streams, a line for each method."""
    columns = ("", "findable", "found", "exact", "rings each", "notices paged", "false pages", "false alarms", "days")
    table = _table(columns)
    for name, one in tallies:
        if one.days:
            table.add_row(name, *one.row())
    return table


def stream_table(title: str, ours: Scored, naive: Scored) -> Table:
    """One stream: each incident with what both methods made of it, then whatever else rang of ours."""
    columns = ("incident", "size", "where", "messages", "delivrd", "after min", "rings", "kinds")
    table = _table((*columns, "exact", "naive rule", "after min", "rings"), title)
    for one, other in zip(ours["incidents"], naive["incidents"], strict=True):
        table.add_row(
            one["kind"], f"{one['size']:g}", _where(one["scope"]), str(one["messages"]),
            _found(one), _minutes(one), str(one["notifications"]), ", ".join(one["kinds"]),
            "yes" if one["exact_scope"] else "", _found(other), _minutes(other), str(other["notifications"]),
        )  # fmt: skip
    table.caption = "\n".join(
        [f"false {one['severity']}: {one['kind']} at {_where(one['scope'])}" for one in ours["false"]]
        + [f"false alarms of the naive rule: {naive['false_alarms']}"]
    )
    return table


def _table(columns: Iterable[str], title: str | None = None) -> Table:
    table = Table(box=None, pad_edge=False, title=title, title_justify="left", caption_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right", no_wrap=True)
    return table


def _found(incident: dict[str, Any]) -> str:
    if incident["detected"]:
        return "found"
    return "missed" if is_findable(incident) else "(too small)"


def _minutes(incident: dict[str, Any]) -> str:
    return "" if incident["delay_min"] is None else f"{incident['delay_min']:.0f}"


def _where(scope: dict[str, str | None]) -> str:
    return "/".join(part for part in scope.values() if part) or "account"
