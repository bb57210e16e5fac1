"""Whether the pipeline works: what runs, the log, the chunks, and the audit's equation."""

import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Stream, Template

from console.freshness import freshness
from console.gradual import gradual
from console.parts import Parts
from console.periods import period_of
from console.questions import question

DAY_MS = 86_400_000
_VERSIONS = (("Python", platform.python_version()), ("Litestar", version("litestar")))
PERIODS = (("1h", "the last hour"), ("24h", "the last 24 hours"), ("", "all that the log holds"))
OUTCOMES = ("stored", "repeated", "empty", "dead_lettered", "expired", "forgotten")


class Chunks(msgspec.Struct, frozen=True):
    """The chunks of a day; the fields are the columns of `sql/console/health_chunks.sql`."""

    chunks: int
    records: int
    stored: int
    repeated: int
    empty: int
    dead_lettered: int
    expired: int
    forgotten: int
    newest: int
    reading: int
    engine: str


@get("/health", sync_to_thread=True)
def page(request: Request[Any, Any, Any], parts: NamedDependency[Parts]) -> Stream:
    """The page. What is asked of the other processes comes by `standing`, as one of them may not answer."""
    now = parts.clock()
    asked = question("health_chunks", since=now // DAY_MS * DAY_MS)
    return gradual(
        request,
        "health.html",
        {
            "page": "health",
            "fresh": freshness(parts.log, now),
            "today": lambda: parts.desk.ask(asked, Chunks)[0],
            "outcomes": OUTCOMES,
            "partitions": parts.log.stats,
            "periods": PERIODS,
            "versions": [("delivrd", _own_version()), *_VERSIONS],
            "sql": asked.runnable,
        },
    )


@dataclass(frozen=True)
class Since:
    """An age; or empty: all that the log holds."""

    since: str = ""


@post("/health/audit", sync_to_thread=True, status_code=200)
def audit(request: Request[Any, Any, Any], parts: NamedDependency[Parts], data: URLEncodedBody[Since]) -> Stream:
    """Each record read again, and what became of it."""
    since = period_of(data.since, None, parts.clock()).since if data.since else None
    context = {"page": "health", "since": since, "audited": lambda: parts.audit(since)}
    return gradual(request, "health_audit.html", context)


@get("/health/standing", sync_to_thread=True)
def standing(parts: NamedDependency[Parts]) -> Template:
    """What `delivrd status` says."""
    return Template("health_standing.html", context={"rows": parts.source_acts.standing()})


def _own_version() -> str:
    try:
        return version("delivrd")
    except PackageNotFoundError:
        return "run from its tree, without being installed"
