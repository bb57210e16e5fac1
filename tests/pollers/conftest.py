"""A provider's end of the wire, in raw bytes, and a Desk's tools on a real log."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

Said = bytes | list[bytes] | None
Handler = Callable[[bytes], Awaitable[Said]]


class Wire:
    """Listens on loopback. `handle` gets each request whole, and returns the bytes to answer with, in pieces that come
    slowly where it is a list; None: never any.
    """

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.handle: Handler
        self.url = ""
        self._serving: set[asyncio.Task[None]] = set()

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._serving.add(task)

    async def close(self) -> None:
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            sizes = [line[16:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: ")]
            request = head + await reader.readexactly(int(sizes[0]) if sizes else 0)
            self.requests.append(request)
            said = await self.handle(request)
            for piece in [said] if isinstance(said, bytes) else said or []:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.02 if isinstance(said, list) else 0)
            if said is None:
                await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


def answer(body: bytes, status: int = 200, *headers: str, size: int | None = None) -> bytes:
    """An HTTP answer; `size` is what its head promises."""
    head = [f"HTTP/1.1 {status} Some", "content-type: application/json", "connection: close", *headers]
    head.append(f"content-length: {len(body) if size is None else size}")
    return "\r\n".join([*head, "", ""]).encode() + body


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    found = Wire()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield found
    server.close()
    await found.close()
