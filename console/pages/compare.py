"""Which route to choose: sources beside one another on the same country and carrier."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from console.comparing import SMALL, lowest_shown, questions, routes
from console.downloads import download, files_of
from console.gradual import gradual
from console.paging import PageNumber, address, part_of
from console.parts import Parts
from console.periods import period_of


@get("/compare", sync_to_thread=True)
def page(
    request: Request[Any, Any, Any],
    parts: NamedDependency[Parts],
    since: FromQuery[str] = "7d",
    until: FromQuery[str] = "",
    country: FromQuery[str] = "",
    page: PageNumber = 1,
) -> Stream:
    """All routes that several sources serve, or those of one country."""
    now = parts.clock()
    period = period_of(since, until or None, now)
    asked, _ = questions(period, now)
    filters = {**period.fixed, "country": country or None}
    return gradual(
        request,
        "compare.html",
        {
            "page": "compare",
            "routes": lambda: part_of(
                routes(parts.desk, period, now, country.upper() or None), page, "/compare", filters
            ),
            "scale": lowest_shown,
            "period": period.fixed,
            "country": country,
            "small": SMALL,
            "link": address("/compare", filters),
            "files": files_of("/compare", period.fixed),
            "sql": asked.runnable,
        },
    )


@get("/compare/download/{ending:str}", sync_to_thread=True)
def file(
    parts: NamedDependency[Parts], ending: FromPath[str], since: FromQuery[str] = "7d", until: FromQuery[str] = ""
) -> Stream:
    """The figures of all countries, without latencies, as a file."""
    now = parts.clock()
    asked, _ = questions(period_of(since, until or None, now), now)
    return download(parts.desk, asked, "delivrd-compare", ending)
