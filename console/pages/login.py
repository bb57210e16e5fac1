"""The token, asked once: a session for actions, and for looking where others reach the port."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_403_FORBIDDEN

from console.door import SESSION, SESSION_MS
from console.parts import Parts


@dataclass(frozen=True)
class Credentials:
    """What the form asks for."""

    token: str = ""
    back: str = "/"


@get("/login", sync_to_thread=False)
def page(back: FromQuery[str] = "/") -> Template:
    """The form."""
    return _form(back, "")


@post("/login", sync_to_thread=False)
def enter(
    request: Request[Any, Any, Any], data: URLEncodedBody[Credentials], parts: NamedDependency[Parts]
) -> Response[Any]:
    """A session, where the token is right."""
    if not parts.door.opens_with(data.token):
        return _form(data.back, "That is not the token.", HTTP_403_FORBIDDEN)
    cookie = Cookie(
        SESSION,
        value=parts.door.new_session(),
        max_age=SESSION_MS // 1000,
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="strict",
    )
    return Redirect(_within(data.back), status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


@post("/logout", sync_to_thread=False)
def leave() -> Response[Any]:
    """The end of the session in this browser."""
    gone = Cookie(SESSION, value="", max_age=0, httponly=True, samesite="strict")
    return Redirect("/", status_code=HTTP_303_SEE_OTHER, cookies=[gone])


def _form(back: str, problem: str, status: int = 200) -> Template:
    context = {"page": "login", "back": _within(back), "problem": problem}
    return Template("login.html", context=context, status_code=status)


def _within(back: str) -> str:
    """A path of this console; whatever else is asked for leads to its front page."""
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"
