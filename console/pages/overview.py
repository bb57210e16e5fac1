"""Now, and the same time last week: what is delivered, what failed, what is open, and how fresh that is."""

from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from console.alarms import firing
from console.charts import bars
from console.figures import HOUR_MS, NOTHING, Day, Figures, Heard, Sum
from console.freshness import freshness
from console.parts import Parts
from console.words import clock_time


@get("/", sync_to_thread=True)
def page(parts: NamedDependency[Parts]) -> Template:
    """The whole page."""
    fresh = freshness(parts.log, parts.clock())
    return Template("overview.html", context={"page": "overview", "fresh": fresh, **_context(parts, fresh.version)})


@get("/overview/figures", sync_to_thread=True)
def figures(parts: NamedDependency[Parts], seen: FromQuery[str] = "") -> Template:
    """The figures that are newer than those `seen`; else only how fresh they are."""
    fresh = freshness(parts.log, parts.clock())
    shown = _context(parts, fresh.version)
    if shown["figures"].version == seen:
        return Template("fresh.html", context={"fresh": fresh}, headers={"hx-retarget": "#fresh"})
    return Template("overview_figures.html", context={"fresh": fresh, **shown})


def _context(parts: Parts, version: str) -> dict[str, Any]:
    found = parts.overview.at(version)
    highest = max((hour.messages for day in (found.day, found.week_ago) for hour in day.hours), default=0)
    return {
        "figures": found,
        "firing": firing(parts.desk),
        "charts": [
            ("The last 24 hours", _chart("The last 24 hours", found.day, highest)),
            ("The same hours a week before", _chart("The same hours a week before", found.week_ago, highest)),
        ],
        "sources": source_rows(parts, found),
    }


def source_rows(parts: Parts, found: Figures) -> list[tuple[str, str, Heard | None, Sum]]:
    """Name, provider, when it was heard, and the day's messages, of each source that is configured or was heard of."""
    providers = {name: one.provider for name, one in found.heard.items()} | dict(parts.sources())
    return [
        (name, provider, found.heard.get(name), found.day.sources.get(name, NOTHING))
        for name, provider in sorted(providers.items())
    ]


def _chart(label: str, day: Day, highest: int) -> Any:
    ticks = [clock_time(day.since + index * HOUR_MS)[:5] for index in range(len(day.hours))]
    counted = [
        ("delivered", [hour.delivered for hour in day.hours]),
        ("failed", [hour.failed for hour in day.hours]),
        ("open", [hour.open for hour in day.hours]),
    ]
    total = day.total
    words = f"{label}: {total.delivered:,} delivered, {total.failed:,} failed, {total.open:,} open"
    return bars(words, ticks, counted, highest)
