"""The private port as an application: two questions about health, the metrics, and the pages."""

import hmac
from collections.abc import Callable
from typing import Any

from litestar import Litestar, Response, get
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.plugins import InitPlugin
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE

from console.errors import problem_details

Probe = Callable[[], str]
"""Empty where everything works, else what does not, in words."""


def create_app(
    probe: Probe, exposition: Callable[[], bytes], content_type: str, token: str | None, pages: InitPlugin | None = None
) -> Litestar:
    """The application. `exposition` makes the metrics, in `content_type`; they ask for a `token` where it is not None.

    Health is told to anyone who reaches the port: it says nothing of what flows. `pages` (a Site) adds its own.
    """

    @get("/healthz", sync_to_thread=False, include_in_schema=False)
    def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @get("/readyz", sync_to_thread=True, include_in_schema=False)
    def readyz() -> Response[dict[str, str]]:
        problem = probe()
        if problem:
            return Response({"status": "not ready", "reason": problem}, status_code=HTTP_503_SERVICE_UNAVAILABLE)
        return Response({"status": "ready"}, status_code=HTTP_200_OK)

    @get("/metrics", sync_to_thread=True, include_in_schema=False, guards=[_asking_for(token)])
    def metrics() -> Response[bytes]:
        return Response(exposition(), media_type=content_type)

    return Litestar(
        [healthz, readyz, metrics],
        openapi_config=None,
        logging_config=None,
        exception_handlers={HTTPException: problem_details},
        plugins=[pages] if pages else [],
    )


def _asking_for(token: str | None) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]:
    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        given = connection.headers.get("authorization", "").removeprefix("Bearer ")
        if token is not None and not hmac.compare_digest(given.encode(), token.encode()):
            raise NotAuthorizedException("the token of the console is needed: Authorization: Bearer …")

    return guard
