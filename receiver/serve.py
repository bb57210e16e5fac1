"""The intake process: the public port, from its first connection to its last answer."""

import asyncio
import contextlib
import gc
import logging
import os
import resource
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import cast

import structlog
import uvicorn
import uvloop
from uvicorn._types import ASGIApplication

from pipeline.clock import Clock, now_ms
from pipeline.ending import end_by_force
from pipeline.parent import LISTENER_FD, watch_parent
from pipeline.settings import Settings, SettingsError
from receiver.access import Door
from receiver.app import create_app
from receiver.connections import Connection, Limits, sweep
from receiver.keeping import Keeper
from receiver.lane import Lane
from receiver.logs import open_log
from receiver.sources import intake_sources
from receiver.tally import Tally
from receiver.webhooks import Webhooks
from schemas.providers import adapters

STOP_SECONDS = 25.0
_FILES_FOR_OTHERS = 128
_BACKLOG = 4096
_SHUTDOWN_SECONDS = 10
_log = structlog.get_logger()


class _Server(uvicorn.Server):
    """uvicorn's server; the signals are handled here, since SIGTERM is how this process is meant to end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


TakeOver = Callable[[Settings], None]
Reload = Callable[[TakeOver], object]
"""Reads the settings anew and hands them to what takes them over. Raises SettingsError where they cannot be used."""


Ready = Callable[[], Awaitable[bool]]
"""Whether a record would be kept now."""

Beside = Callable[[Ready], AbstractAsyncContextManager[None]]
"""What is to go on in the same event loop, from before the first request to after the last."""


def run(settings: Settings, reload: Reload, *, beside: Beside = lambda _: nullcontext(), clock: Clock = now_ms) -> None:
    """Serve until SIGTERM or SIGINT, and end within STOP_SECONDS of it; SIGHUP calls `reload`.

    Raises OSError where the port cannot be had, LogUnavailable or LogUnusable where the log cannot be opened.
    """
    listener = listen(settings.receiver.host, settings.receiver.port)
    limits = Limits(capacity=allow_files() - _FILES_FOR_OTHERS)
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    watch_parent()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_intake(settings, reload, beside, listener, clock, limits))


async def _intake(
    settings: Settings, reload: Reload, beside: Beside, listener: socket.socket, clock: Clock, limits: Limits
) -> None:
    log = open_log(settings, clock)
    door = Door({}, ())
    webhooks = Webhooks(door, Keeper(log.appender), Tally(), clock)
    server = make_server(webhooks, log.ready, limits)
    loop = asyncio.get_running_loop()

    def take_over(settings: Settings) -> None:
        door.sources = intake_sources(settings.sources, adapters)
        door.trusted = settings.receiver.trusted_proxies
        log.take_over(settings)

    take_over(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _told_to_end, server)
    loop.add_signal_handler(signal.SIGHUP, _reload, reload, take_over)
    # What exists now lives as long as the process; a collection need not look at it again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    _log.info("receiver_ready", host=settings.receiver.host, port=listener.getsockname()[1])
    try:
        async with beside(log.ready):
            await serve(server, listener, webhooks.tally, limits)
    finally:
        await log.close()
        _log.info("receiver_stopped")


def _told_to_end(server: uvicorn.Server) -> None:
    end_by_force(STOP_SECONDS)
    stop(server)


def make_server(webhooks: Webhooks, ready: Ready, limits: Limits) -> uvicorn.Server:
    """The HTTP server, without a word about itself in its answers."""
    config = uvicorn.Config(
        cast("ASGIApplication", create_app(webhooks, ready)),
        http=cast("type[Lane]", partial(Lane, webhooks, limits=limits)),
        loop="none",
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    return _Server(config)


async def serve(server: uvicorn.Server, listener: socket.socket, tally: Tally, limits: Limits) -> None:
    """Serve on `listener` until `stop`; returns when every request that came whole has its answer."""
    sweeping = asyncio.create_task(_look_after(server, tally, limits))
    try:
        await server.serve(sockets=[listener])
    finally:
        sweeping.cancel()
        tally.flush()


def stop(server: uvicorn.Server) -> None:
    """Take no more connections, answer what is there, and let `serve` return."""
    server.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, that of our supervisor where it holds one. Raises OSError, which names host and port."""
    given = os.environ.pop(LISTENER_FD, "")
    if given:
        os.set_inheritable(int(given), False)
        return socket.socket(fileno=int(given))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise OSError(error.errno, f"{host} port {port}: {error.strerror}") from None
    return listener


def allow_files() -> int:
    """Raise the number of open files, and so of connections, to what the machine allows; it is returned."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else hard
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _reload(reload: Reload, take_over: TakeOver) -> None:
    try:
        reload(take_over)
    except SettingsError as error:
        for problem in error.problems:
            _log.error("settings_not_taken_over", problem=str(problem))
    else:
        _log.info("settings_taken_over")


async def _look_after(server: uvicorn.Server, tally: Tally, limits: Limits) -> None:
    interval = min(1.0, limits.head / 4, limits.body / 4)
    while True:
        connections = [one for one in server.server_state.connections if isinstance(one, Connection)]
        sweep(connections, limits.leaving() if server.should_exit else limits, time.monotonic())
        tally.flush()
        await asyncio.sleep(interval)
