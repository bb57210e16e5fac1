"""Country, carrier, hour, error family, messages: each view with an address of its own."""

from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Stream
from markupsafe import Markup

from console.charts import bars
from console.downloads import download, files_of
from console.drilling import NAMES, Drill, Part, hours_of, named
from console.gradual import gradual
from console.paging import SIZE, PageNumber, page_of, part_of, window
from console.parts import Parts
from console.periods import period_of

MOST_BARS = 8 * 24


class Row(msgspec.Struct, frozen=True):
    """A message; the fields are the columns of `sql/console/drill_messages.sql`."""

    home: int
    source: str
    message_id: str
    recipient: str
    country: str
    carrier: str
    status: str
    provider_status: str
    error_code: str
    error_family: str
    error_text: str
    latency: int | None
    state_at: int


def fixed(
    parts: NamedDependency[Parts],
    since: FromQuery[str] = "24h",
    until: FromQuery[str] = "",
    source: FromQuery[str | None] = None,
    country: FromQuery[str | None] = None,
    carrier: FromQuery[str | None] = None,
    hour: FromQuery[str | None] = None,
    family: FromQuery[str | None] = None,
) -> Drill:
    """What an address fixes. Raises ValidationException."""
    return Drill(period_of(since, until or None, parts.clock()), source or None, country, carrier, hour, family)


@get("/drill", sync_to_thread=True)
def page(
    request: Request[Any, Any, Any], parts: NamedDependency[Parts], drill: NamedDependency[Drill], page: PageNumber = 1
) -> Stream:
    """The parts of what is fixed so far, or its messages."""
    asked = drill.parts if drill.level else drill.messages(parts.hide_numbers, **window(page))
    context: dict[str, Any] = {
        "page": "drill",
        "drill": drill,
        "named": named,
        "label": NAMES.get(drill.level, ""),
        "sources": sorted(parts.sources()),
        "files": files_of("/drill", drill.filters),
        "sql": asked.runnable,
    }
    if not drill.level:
        context["found"] = lambda: page_of(parts.desk.ask(asked, Row), page, "/drill", drill.filters)
        return gradual(request, "drill_messages.html", context)
    context |= {"found": lambda: parts.desk.ask(asked, Part), "charted": lambda found: _chart(drill, found)}
    context["paged"] = lambda found: part_of(found, page, "/drill", drill.filters)
    return gradual(request, "drill.html", context)


@get("/drill/download/{ending:str}", sync_to_thread=True)
def file(parts: NamedDependency[Parts], drill: NamedDependency[Drill], ending: FromPath[str]) -> Stream:
    """The same as a file."""
    asked = drill.parts if drill.level else drill.messages(parts.hide_numbers, SIZE, 0)
    return download(parts.desk, asked, f"delivrd-{drill.level or 'messages'}", ending)


def _chart(drill: Drill, found: list[Part]) -> Markup | None:
    hours = hours_of(drill.period)
    if drill.level != "hour" or len(hours) > MOST_BARS:
        return None
    known = {part.name: part for part in found}
    none = Part("", 0, 0, 0, 0, None, None)
    told = [known.get(hour, none) for hour in hours]
    series = [
        ("delivered", [one.delivered for one in told]),
        ("failed", [one.failed for one in told]),
        ("open", [one.open for one in told]),
    ]
    ticks = [hour[5:].replace("T", " ") if len(hours) > 24 else hour[11:] for hour in hours]
    return bars("Messages by hour", ticks, series, max(one.messages for one in told))
