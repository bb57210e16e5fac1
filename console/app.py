"""The private port as an application: two questions about health, and the metrics."""

import hmac
from collections.abc import Callable
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE

Probe = Callable[[], str]
"""Empty where everything works, else what does not, in words."""


def create_app(probe: Probe, exposition: Callable[[], bytes], content_type: str, token: str | None) -> Litestar:
    """The application. `exposition` makes the metrics, in `content_type`; they ask for a `token` where it is not None.

    Health is told to anyone who reaches the port: it says nothing of what flows.
    """

    @get("/healthz", sync_to_thread=False)
    def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @get("/readyz", sync_to_thread=True)
    def readyz() -> Response[dict[str, str]]:
        problem = probe()
        if problem:
            return Response({"status": "not ready", "reason": problem}, status_code=HTTP_503_SERVICE_UNAVAILABLE)
        return Response({"status": "ready"}, status_code=HTTP_200_OK)

    @get("/metrics", sync_to_thread=True, guards=[_asking_for(token)])
    def metrics() -> Response[bytes]:
        return Response(exposition(), media_type=content_type)

    return Litestar(
        [healthz, readyz, metrics],
        openapi_config=None,
        logging_config=None,
        exception_handlers={HTTPException: _problem},
    )


def _asking_for(token: str | None) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]:
    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        given = connection.headers.get("authorization", "").removeprefix("Bearer ")
        if token is not None and not hmac.compare_digest(given.encode(), token.encode()):
            raise NotAuthorizedException("the token of the console is needed: Authorization: Bearer …")

    return guard


def _problem(_: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    """As RFC 9457 has it."""
    return Response(
        {"type": "about:blank", "status": error.status_code, "detail": error.detail},
        status_code=error.status_code,
        media_type="application/problem+json",
    )
