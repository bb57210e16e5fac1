"""What is answered when something is wrong: a page to people, RFC 9457 to programs, a line to a page that is open."""

from typing import Any
from urllib.parse import quote

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.response import Redirect, Template
from litestar.status_codes import (
    HTTP_303_SEE_OTHER,
    HTTP_409_CONFLICT,
    HTTP_500_INTERNAL_SERVER_ERROR,
    HTTP_503_SERVICE_UNAVAILABLE,
)

from console.acts import Refusal
from pipeline.warehouse import WarehouseError

Asked = Request[Any, Any, Any]

log = structlog.get_logger(__name__)

_TITLES = {
    400: "That cannot be asked",
    403: "Refused",
    404: "Not found",
    409: "Not done",
    500: "delivrd made a mistake",
    503: "The warehouse does not answer",
}


def problem_details(_: Asked, error: HTTPException) -> Response[dict[str, Any]]:
    """As RFC 9457 has it."""
    return Response(
        {"type": "about:blank", "status": error.status_code, "detail": error.detail},
        status_code=error.status_code,
        media_type="application/problem+json",
    )


def refused(request: Asked, error: HTTPException) -> Response[Any]:
    """What is wrong with a request. Whoever only lacks the token is asked for it."""
    if isinstance(error, NotAuthorizedException):
        login = f"/login?back={quote(_way_back(request))}"
        if request.headers.get("hx-request"):
            return Response(b"", headers={"hx-redirect": login})
        return Redirect(login, status_code=HTTP_303_SEE_OTHER)
    return _page(error.status_code, error.detail)


def warehouse_away(request: Asked, error: WarehouseError) -> Response[Any]:
    """The warehouse cannot say it now. An open page keeps its figures, and says that they are old."""
    if request.headers.get("hx-request"):
        return Template("away.html", context={"reason": str(error)}, headers={"hx-retarget": "#fresh"})
    return _page(HTTP_503_SERVICE_UNAVAILABLE, str(error))


def not_done(_: Asked, error: Refusal) -> Response[Any]:
    """Why an action was not done."""
    return _page(HTTP_409_CONFLICT, str(error))


def failed(request: Asked, error: Exception) -> Response[Any]:
    """Our own mistake: its place is in the log."""
    log.error("page_failed", path=request.url.path, exc_info=error)
    return _page(HTTP_500_INTERNAL_SERVER_ERROR, "The worker's log says more.")


def _page(status: int, detail: str) -> Template:
    context = {"page": "", "title": _TITLES.get(status, "Not possible"), "detail": detail}
    return Template("problem.html", context=context, status_code=status)


def _way_back(request: Asked) -> str:
    if request.method != "GET":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
