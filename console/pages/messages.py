"""Everything known about a message: who told what, when, what was a repeat, and why it is in its state."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from console.parts import Parts

MAX_ASKED = 1024


@get("/messages", sync_to_thread=True)
def page(parts: NamedDependency[Parts], q: FromQuery[str] = "") -> Template:
    """Search by the provider's id or by a number, and what was found."""
    asked = q.strip()[:MAX_ASKED]
    found = parts.acts.explain(asked) if asked else []
    return Template("messages.html", context={"page": "messages", "asked": asked, "found": found})
