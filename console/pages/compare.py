"""Which route to choose: sources beside one another on the same country and carrier."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from console.comparing import SMALL, questions, routes
from console.paging import address
from console.parts import Parts
from console.periods import period_of


@get("/compare", sync_to_thread=True)
def page(
    parts: NamedDependency[Parts],
    since: FromQuery[str] = "7d",
    until: FromQuery[str] = "",
    country: FromQuery[str] = "",
) -> Template:
    """All routes that several sources serve, or those of one country."""
    now = parts.clock()
    period = period_of(since, until or None, now)
    asked, _ = questions(period, now)
    return Template(
        "compare.html",
        context={
            "page": "compare",
            "routes": routes(parts.desk, period, now, country.upper() or None),
            "period": period.fixed,
            "country": country,
            "small": SMALL,
            "link": address("/compare", {**period.fixed, "country": country or None}),
            "sql": asked.runnable,
        },
    )
