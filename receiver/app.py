"""The public port as an application: webhooks, submissions, two questions about health, and nothing else."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from litestar import Litestar, Request, Response, asgi
from litestar.exceptions import HTTPException
from litestar.handlers import ASGIRouteHandler
from litestar.types import HTTPScope, Receive, Scope, Send

from receiver import answers, mistakes
from receiver.answers import Answer, give
from receiver.webhooks import Webhooks


def create_app(webhooks: Webhooks, ready: Callable[[], Awaitable[bool]]) -> Litestar:
    """The application. `ready` says whether a request would be kept now."""

    async def alive() -> Answer:
        return answers.ALIVE

    async def accepting() -> Answer:
        return answers.READY if await ready() else answers.BUSY

    @asgi(["/v1/webhooks", "/v1/submissions"], is_mount=True, copy_scope=False)
    async def webhook(scope: Scope, receive: Receive, send: Send) -> None:
        await webhooks(cast("HTTPScope", scope), receive, send)

    return Litestar(
        [webhook, _health("/healthz", alive), _health("/readyz", accepting)],
        openapi_config=None,
        logging_config=None,
        exception_handlers={HTTPException: _refused, Exception: _failed},
    )


def _health(path: str, look: Callable[[], Awaitable[Answer]]) -> ASGIRouteHandler:
    # Not a `@get`: that would answer OPTIONS as well, and other spellings of the path.
    @asgi(path, copy_scope=False)
    async def handler(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 (Litestar asks for all three)
        request = cast("HTTPScope", scope)
        if request["raw_path"] != path.encode():
            await give(send, answers.NOT_FOUND)
        elif request["method"] not in ("GET", "HEAD"):
            await give(send, answers.ONLY_GET)
        else:
            await give(send, await look())

    return handler


def _refused(_request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    return _response(answers.NOT_FOUND if error.status_code in (404, 405) else answers.MALFORMED)


def _failed(_request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    mistakes.tell("request_failed", error)
    return _response(answers.FAILED)


def _response(answer: Answer) -> Response[bytes]:
    headers = {name.decode(): value.decode() for name, value in answer.start["headers"]}
    return Response(answer.body["body"], status_code=answer.status, headers=headers, media_type=headers["content-type"])
