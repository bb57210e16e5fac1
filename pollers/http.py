"""HTTP to one provider: paced, with a budget of concurrent requests, with an end to every wait and every answer.

Whatever goes wrong is told in words of ours: the client library's own hold URLs.
"""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpx
import msgspec

from pollers.answers import Answer, NotAnswered, TooMuch
from pollers.pace import Pace
from schemas.record import MAX_BODY

CONNECT_SECONDS = 10.0
_UNUSABLE = 500
_TOO_MANY = 429


class Limits(msgspec.Struct, frozen=True):
    """`seconds` is what one answer may take; `concurrent` is how many may be awaited at the same time."""

    seconds: float = 30.0
    concurrent: int = 4


class Http:
    """One provider's address, asked within one event loop."""

    def __init__(self, base_url: str, pace: Pace, limits: Limits) -> None:
        self._pace = pace
        self._seconds = limits.seconds
        self._room = asyncio.Semaphore(limits.concurrent)
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(limits.seconds, connect=min(CONNECT_SECONDS, limits.seconds)),
            limits=httpx.Limits(max_connections=limits.concurrent),
            # A redirect would take the credentials elsewhere.
            follow_redirects=False,
            headers={"user-agent": "delivrd", "accept": "application/json"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request, when it is its turn. Raises NotAnswered where no whole answer below 500 came."""
        async with self._room:
            turn = await self._pace.turn()
            try:
                async with asyncio.timeout(self._seconds):
                    answer, told = await self._exchange(
                        self._client.build_request(method, path, headers=headers, params=query, data=form)
                    )
            except (TimeoutError, httpx.TimeoutException):
                self._pace.failed(turn)
                raise TooMuch("timeout", f"no whole answer within {self._seconds:g} s") from None
            except TooMuch:
                self._pace.answered({})
                raise
            except httpx.HTTPError as error:
                self._pace.failed(turn)
                raise NotAnswered("connection", _words(error)) from None
            return self._usable(answer, told, turn)

    async def _exchange(self, request: httpx.Request) -> tuple[Answer, httpx.Headers]:
        response = await self._client.send(request, stream=True)
        try:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > MAX_BODY:
                    raise TooMuch("too_large", f"the answer is larger than {MAX_BODY:,} bytes")
        finally:
            await response.aclose()
        kind = response.headers.get("content-type", "")
        return Answer(response.status_code, bytes(body), kind), response.headers

    def _usable(self, answer: Answer, headers: httpx.Headers, turn: int) -> Answer:
        if answer.status == _TOO_MANY:
            self._pace.failed(turn, headers)
            raise NotAnswered("limit", "asked too often (429)")
        if answer.status >= _UNUSABLE or 300 <= answer.status < 400:
            self._pace.failed(turn, headers)
            raise NotAnswered("status", f"answered {answer.status}")
        self._pace.answered(headers)
        return answer


def _words(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.ConnectError):
        return "no connection"
    if isinstance(error, httpx.DecodingError):
        return "the answer's packing is broken"
    return "the connection broke off"
