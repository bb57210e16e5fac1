"""Asking the two ports whether they are ready."""

import asyncio
import contextlib

from delivrd.addresses import reachable
from pipeline.settings import Settings

_PAUSE = 0.03
_ANSWER_SECONDS = 5.0


async def until_ready(settings: Settings) -> None:
    """Return when `/readyz` of both ports has answered 200."""
    await asyncio.gather(
        _until_ready(settings.receiver.host, settings.receiver.port),
        _until_ready(settings.console.host, settings.console.port),
    )


async def _until_ready(host: str, port: int) -> None:
    while not await is_ready(reachable(host), port):
        await asyncio.sleep(_PAUSE)


async def is_ready(host: str, port: int) -> bool:
    """Whether `/readyz` answers 200 just now."""
    with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
        async with asyncio.timeout(_ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(b"GET /readyz HTTP/1.1\r\nHost: delivrd\r\nConnection: close\r\n\r\n")
                return (await reader.readuntil(b"\r\n")).split(b" ")[1:2] == [b"200"]
            finally:
                writer.close()
    return False
