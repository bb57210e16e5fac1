"""Whether the pipeline works: what runs, the log, the chunks, and the audit's equation."""

import platform
from importlib.metadata import PackageNotFoundError, version

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from console.freshness import freshness
from console.parts import Parts
from console.questions import question

DAY_MS = 86_400_000
_VERSIONS = (("Python", platform.python_version()), ("Litestar", version("litestar")))
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
def page(parts: NamedDependency[Parts]) -> Template:
    """The page. What is asked of the other processes comes by `standing`, as one of them may not answer."""
    now = parts.clock()
    asked = question("health_chunks", since=now // DAY_MS * DAY_MS)
    [today] = parts.desk.ask(asked, Chunks)
    partitions = parts.log.stats()
    return Template(
        "health.html",
        context={
            "page": "health",
            "fresh": freshness(parts.log, now),
            "today": today,
            "outcomes": [(name.replace("_", "-"), getattr(today, name)) for name in OUTCOMES],
            "pending": sum(one.pending for one in partitions),
            "partitions": partitions,
            "versions": [("delivrd", _own_version()), *_VERSIONS, ("ClickHouse", today.engine)],
            "sql": asked.runnable,
        },
    )


@get("/health/standing", sync_to_thread=True)
def standing(parts: NamedDependency[Parts]) -> Template:
    """What `delivrd status` says."""
    return Template("health_standing.html", context={"rows": parts.source_acts.standing()})


def _own_version() -> str:
    try:
        return version("delivrd")
    except PackageNotFoundError:
        return "run from its tree, without being installed"
