"""The sources: their URLs and secrets, what came last, and a report sent for trial."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template
from litestar.status_codes import HTTP_303_SEE_OTHER

from console.freshness import freshness
from console.gradual import gradual
from console.pages.overview import source_rows
from console.parts import Parts


@get("/sources", sync_to_thread=True)
def page(request: Request[Any, Any, Any], parts: NamedDependency[Parts]) -> Stream:
    """All of them."""

    def rows() -> Any:
        found = parts.overview.at(freshness(parts.log, parts.clock()).version)
        return [row for row in source_rows(parts, found) if row[0] in parts.sources()]

    return gradual(request, "sources.html", {"page": "sources", "sources": rows})


@get("/sources/{name:str}", sync_to_thread=True)
def source(request: Request[Any, Any, Any], parts: NamedDependency[Parts], name: FromPath[str]) -> Template:
    """One: its URLs for who is signed in, and its last requests."""
    return _source(parts, name, signed_in=parts.door.knows(request))


@post("/sources/{name:str}/rotate", sync_to_thread=True)
def rotate(parts: NamedDependency[Parts], name: FromPath[str]) -> Redirect:
    """The first step: a new secret beside the old one."""
    parts.source_acts.rotate(name)
    return Redirect(f"/sources/{name}", status_code=HTTP_303_SEE_OTHER)


@post("/sources/{name:str}/retire", sync_to_thread=True)
def retire(parts: NamedDependency[Parts], name: FromPath[str]) -> Redirect:
    """The second step: the old secret goes."""
    parts.source_acts.retire(name)
    return Redirect(f"/sources/{name}", status_code=HTTP_303_SEE_OTHER)


@post("/sources/{name:str}/try", sync_to_thread=True, status_code=200)
def try_out(parts: NamedDependency[Parts], name: FromPath[str]) -> Template:
    """A report sent as the provider does, and what became of it."""
    return _source(parts, name, signed_in=True, steps=parts.source_acts.try_out(name))


def _source(parts: Parts, name: str, *, signed_in: bool, steps: Any = ()) -> Template:
    provider = parts.sources().get(name)
    if provider is None:
        raise NotFoundException("there is no such source")
    arrived = parts.source_acts.arrived(name)
    return Template(
        "source.html",
        context={
            "page": "sources",
            "name": name,
            "provider": provider,
            "urls": parts.source_acts.urls(name) if signed_in else None,
            "arrived": [(one, one.body.decode("utf-8", "backslashreplace")) for one in arrived],
            "steps": steps,
        },
    )
