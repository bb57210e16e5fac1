"""How the stand-ins serve HTTP: a table of paths, answers in JSON, refusals as exceptions."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, route

Asking = Request[Any, Any, Any]
Handler = Callable[[Asking], Awaitable[object]]


class Refusal(Exception):
    """An answer that is not the usual one: its HTTP status, its body and its headers."""

    def __init__(self, status: int, body: dict[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


Before = Callable[[Asking], Awaitable[dict[str, str]]]


def application(routes: Mapping[str, tuple[Sequence[str], Handler]], before: Before | None = None) -> Litestar:
    """The application that answers these paths, each by its methods and its handler, with 200 and JSON.

    `before` may refuse; the headers that it returns are added to the answer.
    """
    return Litestar(
        [_served(path, methods, handler, before) for path, (methods, handler) in routes.items()],
        openapi_config=None,
        logging_config=None,
    )


async def json_object(asking: Asking) -> dict[str, Any]:
    """The JSON object in the body; an empty one where there is none."""
    try:
        body = msgspec.json.decode(await asking.body())
    except msgspec.DecodeError:
        return {}
    return body if isinstance(body, dict) else {}


async def parameters(asking: Asking) -> dict[str, Any]:
    """What was asked, by the query, a form or a JSON object in the body; the body wins."""
    found: dict[str, Any] = dict(asking.query_params)
    kind = asking.headers.get("content-type", "")
    if "json" in kind:
        found.update(await json_object(asking))
    elif "form" in kind:
        found.update(await asking.form())
    return found


def _served(path: str, methods: Sequence[str], handler: Handler, before: Before | None) -> Any:
    async def serve(request: Asking) -> Response[Any]:
        headers: dict[str, str] = {}
        try:
            if before:
                headers = await before(request)
            return Response(await handler(request), headers=headers)
        except Refusal as refusal:
            return Response(refusal.body, status_code=refusal.status, headers={**headers, **refusal.headers})

    return route(path, http_method=list(methods), status_code=200)(serve)  # type: ignore[arg-type]
