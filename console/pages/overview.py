"""Now, and the same time last week: what is delivered, what failed, what is open, and how fresh that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Stream, Template
from markupsafe import Markup

from console.alarms import Alarm, firing
from console.charts import bars
from console.figures import HOUR_MS, NOTHING, Day, Figures, Heard, Sum
from console.freshness import freshness
from console.gradual import gradual
from console.parts import Parts
from console.questions import question
from console.words import clock_time


@dataclass(frozen=True)
class Shown:
    """What the page says at `now` (ms)."""

    figures: Figures
    firing: Sequence[Alarm]
    sources: Sequence[tuple[str, str, Heard | None, Sum]]
    now: int

    @property
    def name(self) -> str:
        """Another one for whatever is worth showing anew."""
        alarms = "-".join(one.id for one in self.firing)
        return f"{self.figures.version}.{self.figures.day.since}.{alarms}"

    @property
    def charts(self) -> list[tuple[str, Markup]]:
        """Label and chart of today, and of a week before."""
        days = (("The last 24 hours", self.figures.day), ("The same hours a week before", self.figures.week_ago))
        highest = max((hour.messages for _, day in days for hour in day.hours), default=0)
        return [(label, _chart(label, day, highest)) for label, day in days]

    @property
    def sql(self) -> str:
        """What today's figures were asked by."""
        day = self.figures.day
        return question("overview", since=day.since, until=day.until, now=day.until - 1).runnable


@get("/", sync_to_thread=True)
def page(request: Request[Any, Any, Any], parts: NamedDependency[Parts]) -> Stream:
    """The whole page."""
    fresh = freshness(parts.log, parts.clock())
    context = {"page": "overview", "fresh": fresh, "renewed": False, "shown": lambda: _shown(parts, fresh.version)}
    return gradual(request, "overview.html", context)


@get("/overview/figures", sync_to_thread=True)
def figures(parts: NamedDependency[Parts], seen: FromQuery[str] = "") -> Template:
    """All that is newer than what was `seen`; else only how fresh it is."""
    fresh = freshness(parts.log, parts.clock())
    shown = _shown(parts, fresh.version)
    newer = shown.name != seen
    context = {"fresh": fresh, "shown": shown, "renewed": True, "newer": newer}
    return Template("overview_renewed.html", context=context, headers={} if newer else {"hx-retarget": "#fresh"})


def _shown(parts: Parts, version: str) -> Shown:
    found = parts.overview.at(version)
    return Shown(found, firing(parts.desk), source_rows(parts, found), parts.clock())


def source_rows(parts: Parts, found: Figures) -> list[tuple[str, str, Heard | None, Sum]]:
    """Name, provider, when it was heard, and the day's messages, of each source that is configured or was heard of."""
    providers = {name: one.provider for name, one in found.heard.items()} | dict(parts.sources())
    return [
        (name, provider, found.heard.get(name), found.day.sources.get(name, NOTHING))
        for name, provider in sorted(providers.items())
    ]


def _chart(label: str, day: Day, highest: int) -> Markup:
    ticks = [clock_time(day.since + index * HOUR_MS)[:5] for index in range(len(day.hours))]
    counted = [
        ("delivered", [hour.delivered for hour in day.hours]),
        ("failed", [hour.failed for hour in day.hours]),
        ("open", [hour.open for hour in day.hours]),
    ]
    total = day.total
    words = f"{label}: {total.delivered:,} delivered, {total.failed:,} failed, {total.open:,} open"
    return bars(words, ticks, counted, highest)
