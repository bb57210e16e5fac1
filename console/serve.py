"""Serving the private port."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import cast

import structlog
import uvicorn
from litestar import Litestar
from uvicorn._types import ASGIApplication

from pipeline.settings import ConsoleSettings

_SHUTDOWN_SECONDS = 2

log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    """uvicorn's server; the signals are handled here."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(app: Litestar, settings: ConsoleSettings) -> AsyncIterator[None]:
    """The port answers within the block. Raises OSError where it cannot be had."""
    listener = _listen(settings.host, settings.port)
    config = uvicorn.Config(
        cast("ASGIApplication", app),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    server = _Server(config)
    answering = asyncio.create_task(server.serve(sockets=[listener]))
    log.info("console_ready", port=listener.getsockname()[1])
    try:
        yield
    finally:
        server.should_exit = True
        await answering


def serve(app: Litestar, settings: ConsoleSettings, on_reload: Callable[[], None], on_stop: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; then call `on_stop`, and end when it returns. SIGHUP calls `on_reload`.

    Both are called in threads of their own, so that the port answers meanwhile. Raises OSError where the port
    cannot be had.
    """
    asyncio.run(_serve(app, settings, on_reload, on_stop))


async def _serve(
    app: Litestar, settings: ConsoleSettings, on_reload: Callable[[], None], on_stop: Callable[[], None]
) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    tasks: set[asyncio.Task[None]] = set()

    async def reload() -> None:
        await asyncio.to_thread(on_reload)

    async def stop() -> None:
        try:
            await asyncio.to_thread(on_stop)
        finally:
            stopped.set()

    def run(task: Callable[[], asyncio.Task[None]]) -> None:
        tasks.add(started := task())
        started.add_done_callback(tasks.discard)

    loop.add_signal_handler(signal.SIGHUP, run, lambda: loop.create_task(reload()))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, run, lambda: loop.create_task(stop()))
    async with serving(app, settings):
        await stopped.wait()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Head and body are sent one after the other: without it the second waits 40 ms for the other side's word.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        # From now on a request waits for an answer, and is not refused.
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
