"""What the pages show, as JSON, with its OpenAPI schema on the same private port."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.params import FromQuery
from litestar.types import Guard

from console.acts import Refusal
from console.acts.sources import Standing
from console.alarms import firing
from console.alertmanager import FiringAlert, firing_alert
from console.comparing import routes
from console.drilling import Drill, Part
from console.errors import problem_details
from console.figures import Day, Heard
from console.freshness import Freshness, freshness
from console.letters import Row as LetterRow
from console.letters import Wanted
from console.pages.drill import Row as Message
from console.paging import PageNumber, window
from console.parts import Parts
from console.periods import period_of
from pipeline.warehouse import WarehouseError


class Problem(msgspec.Struct):
    """As RFC 9457 has it."""

    type: str
    status: int
    detail: str


class OverviewAnswer(msgspec.Struct):
    """Twenty-four hours, those of a week before, and when each source was heard. Times in ms since 1970, UTC."""

    fresh: Freshness
    day: Day
    week_ago: Day
    heard: Mapping[str, Heard]


class BreakdownAnswer(msgspec.Struct):
    """The parts of a level: country, carrier, hour or family; empty where everything is fixed already."""

    level: str
    parts: Sequence[Part]
    sql: str


class Candidate(msgspec.Struct):
    """A source on a route; `rank` is 0 where too few of its messages have ended. Figures as the reports print them."""

    source: str
    rank: int
    figures: Mapping[str, str | None]
    latency: Mapping[str, str | None]


class RouteAnswer(msgspec.Struct):
    """The sources of a country and carrier."""

    country: str
    carrier: str
    sources: Sequence[Candidate]


_REFUSALS = {
    status: ResponseSpec(Problem, description=words, generate_examples=False, media_type="application/problem+json")
    for status, words in {
        400: "It cannot be asked so.",
        401: "The token is needed.",
        403: "The port was asked for by another name.",
        409: "It cannot be told now.",
        503: "The warehouse does not answer.",
    }.items()
}
_answer = partial(get, sync_to_thread=True, responses=_REFUSALS, raises=[])


@_answer("/overview")
def overview(parts: NamedDependency[Parts]) -> OverviewAnswer:
    """The overview's figures."""
    fresh = freshness(parts.log, parts.clock())
    found = parts.overview.at(fresh.version)
    return OverviewAnswer(fresh, found.day, found.week_ago, found.heard)


@_answer("/breakdown")
def breakdown(parts: NamedDependency[Parts], drill: NamedDependency[Drill]) -> BreakdownAnswer:
    """The drill-down's parts of what is fixed so far."""
    if not drill.level:
        return BreakdownAnswer("", [], "")
    return BreakdownAnswer(drill.level, parts.desk.ask(drill.parts, Part), drill.parts.runnable)


@_answer("/messages")
def messages(parts: NamedDependency[Parts], drill: NamedDependency[Drill], page: PageNumber = 1) -> Sequence[Message]:
    """The drill-down's messages, newest first, fifty a page and the first of the next."""
    return parts.desk.ask(drill.messages(parts.hide_numbers, **window(page)), Message)


@_answer("/compare")
def compare(
    parts: NamedDependency[Parts], since: FromQuery[str] = "7d", country: FromQuery[str | None] = None
) -> Sequence[RouteAnswer]:
    """The routes that several sources serve."""
    now = parts.clock()
    found = routes(parts.desk, period_of(since, None, now), now, country)
    return [
        RouteAnswer(
            one.country,
            one.carrier,
            [Candidate(each.source, each.rank, each.figures, each.latency) for each in one.sources],
        )
        for one in found
    ]


@_answer("/dead-letters")
def dead_letters(
    parts: NamedDependency[Parts], wanted: NamedDependency[Wanted], page: PageNumber = 1
) -> Sequence[LetterRow]:
    """Dead letters, newest first, fifty a page and the first of the next."""
    return parts.desk.ask(wanted.letters(parts.clock(), **window(page)), LetterRow)


@_answer("/standing")
def standing(parts: NamedDependency[Parts]) -> Sequence[Standing]:
    """What `delivrd status` says."""
    return parts.source_acts.standing()


@_answer("/v2/alerts")
def alerts(parts: NamedDependency[Parts]) -> Sequence[FiringAlert]:
    """The alarms that fire, as the Prometheus Alertmanager would tell them."""
    now = parts.clock()
    return [firing_alert(one, now) for one in firing(parts.desk)]


_HANDLERS: Sequence[HTTPRouteHandler] = (overview, breakdown, messages, compare, dead_letters, standing, alerts)


def api(guards: Sequence[Guard]) -> Router:
    """The answers under `/api`."""
    return Router(
        "/api",
        guards=list(guards),
        route_handlers=list(_HANDLERS),
        include_in_schema=True,
        exception_handlers={HTTPException: problem_details, WarehouseError: _away, Refusal: _not_told},
    )


def schema(guards: Sequence[Guard]) -> OpenAPIConfig:
    """Their description, at `/api/openapi.json`."""
    return OpenAPIConfig(
        title="delivrd console",
        version="1",
        description="What the console's pages show. Ask with `Authorization: Bearer <token>` beyond loopback.",
        openapi_router=Router("/api", guards=list(guards), route_handlers=[], include_in_schema=False),
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    )


def _away(request: Request[Any, Any, Any], error: WarehouseError) -> Response[Any]:
    return problem_details(request, HTTPException(str(error), status_code=503))


def _not_told(request: Request[Any, Any, Any], error: Refusal) -> Response[Any]:
    return problem_details(request, HTTPException(str(error), status_code=409))
