"""Everything known about a message: who told what, when, what was a repeat, and why it is in its state."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Stream

from console.gradual import gradual
from console.parts import Parts

MAX_ASKED = 1024


@get("/messages", sync_to_thread=True)
def page(request: Request[Any, Any, Any], parts: NamedDependency[Parts], q: FromQuery[str] = "") -> Stream:
    """Search by the provider's id or by a number, and what was found."""
    asked = q.strip()[:MAX_ASKED]
    context = {"page": "messages", "asked": asked, "found": lambda: parts.acts.explain(asked) if asked else []}
    return gradual(request, "messages.html", context)
