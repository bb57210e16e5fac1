"""Everything known about a message: who told what, when, what was a repeat, and why it is in its state."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Stream

from console.gradual import gradual
from console.paging import Page, PageNumber, page_of, window
from console.parts import Parts

MAX_ASKED = 1024


@get("/messages", sync_to_thread=True)
def page(
    request: Request[Any, Any, Any], parts: NamedDependency[Parts], q: FromQuery[str] = "", page: PageNumber = 1
) -> Stream:
    """Search by the provider's id or by a number, and what was found."""
    asked = q.strip()[:MAX_ASKED]

    def found() -> Page[Mapping[str, Any]]:
        messages = parts.acts.explain(asked, **window(page)) if asked else []
        return page_of(messages, page, "/messages", {"q": asked})

    return gradual(request, "messages.html", {"page": "messages", "asked": asked, "found": found})
