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
from functools import partial
from typing import cast

import structlog
import uvicorn
import uvloop
from uvicorn._types import ASGIApplication

from pipeline.clock import Clock, now_ms
from pipeline.log import LogFull, LogUnavailable
from pipeline.parent import LISTENER_FD, watch_parent
from pipeline.settings import Settings, SettingsError
from pipeline.sqlite_log import GroupCommit, Keep, LogUnusable, SqliteWriter, keep_pruned
from receiver.access import Door
from receiver.app import create_app
from receiver.connections import Connection, Limits, sweep
from receiver.keeping import Keeper
from receiver.lane import Lane
from receiver.sources import intake_sources
from receiver.tally import Tally
from receiver.webhooks import Webhooks
from schemas.providers import adapters

_DAY_MS = 86_400_000
_FOREVER_MS = 10**15
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


def run(settings: Settings, reload: Reload, clock: Clock = now_ms) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP calls `reload`.

    Raises OSError where the port cannot be had, LogUnavailable or LogUnusable where the log cannot be opened.
    """
    listener = listen(settings.receiver.host, settings.receiver.port)
    writer = SqliteWriter(settings.folder.log, reserve_bytes=settings.log.reserve_bytes)
    limits = Limits(capacity=allow_files() - _FILES_FOR_OTHERS)
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    watch_parent()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_intake(settings, reload, listener, writer, clock, limits))


async def _intake(
    settings: Settings, reload: Reload, listener: socket.socket, writer: SqliteWriter, clock: Clock, limits: Limits
) -> None:
    appender = GroupCommit(writer)
    door = Door({}, ())
    webhooks = Webhooks(door, Keeper(appender), Tally(), clock)
    server = make_server(webhooks, lambda: ready(appender), limits)
    loop = asyncio.get_running_loop()
    pruning: set[asyncio.Task[None]] = set()

    def take_over(settings: Settings) -> None:
        door.sources = intake_sources(settings.sources, adapters)
        door.trusted = settings.receiver.trusted_proxies
        writer.reserve_bytes = settings.log.reserve_bytes
        for task in pruning:
            task.cancel()
        keep = Keep(settings.log.keep_days * _DAY_MS or _FOREVER_MS, settings.log.max_bytes)
        task = loop.create_task(keep_pruned(appender, settings.folder.state, keep, clock))
        pruning.add(task)
        task.add_done_callback(pruning.discard)

    take_over(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, server)
    loop.add_signal_handler(signal.SIGHUP, _reload, reload, take_over)
    # What exists now lives as long as the process; a collection need not look at it again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    _log.info("receiver_ready", host=settings.receiver.host, port=listener.getsockname()[1])
    try:
        await serve(server, listener, webhooks.tally, limits)
    finally:
        for task in pruning:
            task.cancel()
        await asyncio.gather(*pruning, return_exceptions=True)
        await appender.close()
        _log.info("receiver_stopped")


def make_server(webhooks: Webhooks, ready: Callable[[], Awaitable[bool]], limits: Limits) -> uvicorn.Server:
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


async def ready(appender: GroupCommit) -> bool:
    """Whether a record would be kept now: the writer answers, its file is there, and its disk has room."""

    def look(writer: SqliteWriter) -> bool:
        writer.prune(0, 0, None)  # opens and reads the file, and takes nothing away
        return writer.free_bytes() > writer.reserve_bytes

    try:
        return await asyncio.wait_for(appender.run(look), timeout=2)
    except (LogFull, LogUnavailable, LogUnusable, OSError, TimeoutError):
        return False


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
