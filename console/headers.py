"""What every answer of the console tells the browser to refuse."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Scripts and styles come as files of this port alone: a text that got into a page as markup would do nothing."""

_HEADERS = {
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


async def harden(message: Message, _: Scope) -> None:
    """Add them to an answer that starts; nothing of it is kept by a browser, unless the answer says so."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in _HEADERS.items():
            headers[name] = value
        headers.setdefault("cache-control", "no-store")
