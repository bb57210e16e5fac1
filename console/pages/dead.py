"""What could not be read, and the way back."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Stream, Template

from console.downloads import download, files_of
from console.gradual import gradual
from console.letters import STATES, Letter, Reason, Row, Wanted
from console.paging import PageNumber, page_of, window
from console.parts import Parts
from console.questions import question


@get("/dead", sync_to_thread=True)
def page(
    request: Request[Any, Any, Any],
    parts: NamedDependency[Parts],
    wanted: NamedDependency[Wanted],
    page: PageNumber = 1,
) -> Stream:
    """How many of each reason, and those that match."""
    now = parts.clock()
    asked = wanted.letters(now, **window(page))
    return gradual(
        request,
        "dead.html",
        {
            "page": "dead",
            "filters": wanted.filters,
            "states": STATES,
            "sources": sorted(parts.sources()),
            "reasons": lambda: parts.desk.ask(question("dead_reasons", state=wanted.show), Reason),
            "letters": lambda: page_of(parts.desk.ask(asked, Row), page, "/dead", wanted.filters),
            "files": files_of("/dead", wanted.fixed(now)),
            "sql": asked.runnable,
        },
    )


@get("/dead/download/{ending:str}", sync_to_thread=True)
def file(parts: NamedDependency[Parts], wanted: NamedDependency[Wanted], ending: FromPath[str]) -> Stream:
    """Those that match, as a file, without their bytes."""
    return download(parts.desk, wanted.letters(parts.clock(), **window(1)), "delivrd-dead-letters", ending)


@get("/dead/{letter_id:str}", sync_to_thread=True)
def letter(parts: NamedDependency[Parts], letter_id: FromPath[str]) -> Template:
    """One, with its bytes."""
    one = _letter(parts, letter_id)
    body = one.original.decode("utf-8", "backslashreplace")
    return Template("dead_letter.html", context={"page": "dead", "letter": one, "body": body})


@get("/dead/{letter_id:str}/bytes", sync_to_thread=True)
def original(parts: NamedDependency[Parts], letter_id: FromPath[str]) -> Response[bytes]:
    """The bytes as they came, as a file."""
    one = _letter(parts, letter_id)
    headers = {"content-disposition": f'attachment; filename="{one.id}.bin"'}
    return Response(one.original, media_type="application/octet-stream", headers=headers)


@dataclass(frozen=True)
class Chosen:
    """Which letters an action is about: these, or all open ones of a reason and a source.

    `sure` is whether whoever sent it was asked.
    """

    id: str | list[str] = field(default_factory=list)
    reason: str = ""
    source: str = ""
    sure: bool = False

    @property
    def ids(self) -> list[str]:
        """All that were chosen: a form that holds one name once is told as a text."""
        return [self.id] if isinstance(self.id, str) else self.id


@post("/dead/replay", sync_to_thread=True, status_code=200)
def replay(parts: NamedDependency[Parts], data: URLEncodedBody[Chosen]) -> Template:
    """Read them again; what that did."""
    done = parts.acts.replay(data.ids, data.reason, data.source)
    return _done("came in", done)


@post("/dead/discard", sync_to_thread=True, status_code=200)
def discard(parts: NamedDependency[Parts], data: URLEncodedBody[Chosen]) -> Template:
    """Throw them away, once that was confirmed: there is no way back."""
    if not data.sure:
        return Template("dead_sure.html", context={"page": "dead", "chosen": data, "letters": _count(parts, data)})
    done = parts.acts.discard(data.ids, data.reason, data.source)
    return _done("were thrown away", done)


def _count(parts: Parts, chosen: Chosen) -> int:
    if chosen.ids:
        return len(chosen.ids)
    found = parts.desk.ask(question("dead_reasons", state="open"), Reason)
    return sum(one.letters for one in found if (one.reason, one.source) == (chosen.reason, chosen.source))


def _done(what: str, done: Any) -> Template:
    return Template("dead_done.html", context={"page": "dead", "what": what, "done": done})


def _letter(parts: Parts, letter_id: str) -> Letter:
    found = parts.desk.ask(question("dead_letter", id=letter_id), Letter)
    if not found:
        raise NotFoundException("there is no such dead letter")
    return found[0]
