"""What rings and what rang, why, and what somebody does about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Stream
from litestar.status_codes import HTTP_303_SEE_OTHER
from markupsafe import Markup

from console.acts.alarms import Ends
from console.alarms import Alarm
from console.charts import bars
from console.downloads import download, files_of
from console.gradual import gradual
from console.paging import PageNumber, address, page_of, window
from console.parts import Parts
from console.periods import HOUR_MS, Period, period_of
from console.questions import question
from console.words import clock_time

MUTES = ("30m", "2h", "8h", "24h", "7d")


@get("/alarms", sync_to_thread=True)
def page(
    request: Request[Any, Any, Any], parts: NamedDependency[Parts], since: FromQuery[str] = "7d", page: PageNumber = 1
) -> Stream:
    """Those that fire, and those that rang since then."""
    period = period_of(since, None, parts.clock())
    asked = question("alarms", since=period.since, **window(page))
    filters = {"since": since}
    return gradual(
        request,
        "alarms.html",
        {
            "page": "alarms",
            "filters": filters,
            "alarms": lambda: page_of(parts.desk.ask(asked, Alarm), page, "/alarms", filters),
            "muted": parts.alarm_acts.muted,
            "files": files_of("/alarms", {"since": period.fixed["since"]}),
            "sql": asked.runnable,
        },
    )


@get("/alarms/download/{ending:str}", sync_to_thread=True)
def file(parts: NamedDependency[Parts], ending: FromPath[str], since: FromQuery[str] = "7d") -> Stream:
    """The same as a file."""
    asked = question("alarms", since=period_of(since, None, parts.clock()).since, **window(1))
    return download(parts.desk, asked, "delivrd-alarms", ending)


@get("/alarms/{name:str}", sync_to_thread=True)
def alarm(request: Request[Any, Any, Any], parts: NamedDependency[Parts], name: FromPath[str]) -> Stream:
    """One: what changed, who was told, and the figures that it was judged by."""
    told = parts.alarm_acts.told(name)
    period = Period(told.opened - HOUR_MS, told.opened + HOUR_MS)
    return gradual(
        request,
        "alarm.html",
        {
            "page": "alarms",
            "alarm": told,
            "mutes": MUTES,
            "chart": lambda: _chart(told.opened, parts.alarm_acts.ends(name)),
            "drill": address("/drill", {**told.place, **period.fixed}),
        },
    )


@dataclass(frozen=True)
class HowLong:
    """For how long, such as `2h`; empty: tell again."""

    span: str = ""


@post("/alarms/{name:str}/mute", sync_to_thread=True)
def mute(parts: NamedDependency[Parts], name: FromPath[str], data: URLEncodedBody[HowLong]) -> Redirect:
    """Tell nobody of its kind and place for a while; or again."""
    parts.alarm_acts.mute(name, data.span)
    return Redirect(f"/alarms/{name}", status_code=HTTP_303_SEE_OTHER)


@post("/alarms/{name:str}/acknowledge", sync_to_thread=True)
def acknowledge(parts: NamedDependency[Parts], name: FromPath[str]) -> Redirect:
    """Somebody is at it."""
    parts.alarm_acts.acknowledge(name)
    return Redirect(f"/alarms/{name}", status_code=HTTP_303_SEE_OTHER)


def _chart(opened: int, ends: Sequence[Ends]) -> Markup:
    label = f"Messages that ended around {clock_time(opened)[:5]}, by five minutes"
    ticks = [clock_time(ended.at)[:5] for ended in ends]
    counted = [
        ("delivered", [ended.delivered for ended in ends]),
        ("failed", [ended.failed for ended in ends]),
    ]
    return bars(label, ticks, counted, max((ended.delivered + ended.failed for ended in ends), default=0))
