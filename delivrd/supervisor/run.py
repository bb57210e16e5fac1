"""The supervisor: starts the processes, passes on what it is told, ends them in the order that loses nothing."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import structlog

from delivrd.reloading import PARTS
from delivrd.running import Part, Up, write_up
from delivrd.supervisor.child import Child, Start
from delivrd.supervisor.readiness import until_ready
from pipeline.settings import Folder, Settings

if TYPE_CHECKING:
    from prometheus_client import Counter

log = structlog.get_logger(__name__)

ALERTER_SECONDS = 20.0
ARCHIVER_SECONDS = 10.0
POLLER_SECONDS = 5.0
INTAKE_SECONDS = 15.0
WORKER_SECONDS = 20.0
ENGINE_SECONDS = 15.0
"""How long each part may take to end by itself; the worker drains what is pending meanwhile."""


async def supervise(
    settings: Settings,
    starts: list[Start],
    listener: socket.socket,
    up: Up,
    say: Callable[[str], None],
    on_ready: Callable[[], None],
) -> None:
    """Run until SIGINT or SIGTERM; a second one hurries. SIGHUP goes on to those that take settings over.

    `listener` is closed at the end, before the intake closes it: from then on connections are refused.
    """
    children: dict[str, Child] = {}

    def changed() -> None:
        _write_down(settings.folder, up, children)

    def died(part: str) -> None:
        _restarts(settings.folder).labels(part).inc()

    children |= {start.name: Child(start, changed, died) for start in starts}
    stop, hurry = asyncio.Event(), asyncio.Event()
    terminal = os.ttyname(0) if sys.stdin.isatty() else None
    loop = asyncio.get_running_loop()

    def told_to_end() -> None:
        (hurry if stop.is_set() else stop).set()

    def hung_up() -> None:
        if terminal is not None and not _is_open(terminal):
            told_to_end()
            return
        for name, child in children.items():
            if name in PARTS:
                child.signal(signal.SIGHUP)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told_to_end)
    loop.add_signal_handler(signal.SIGHUP, hung_up)

    keeping = [asyncio.create_task(child.keep()) for child in children.values()]
    ready = asyncio.create_task(_announce(settings, on_ready))
    stopping = asyncio.create_task(stop.wait())
    # Keeping never ends before it is told to, so what ends early has failed.
    await asyncio.wait([*keeping, stopping], return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    stopping.cancel()
    listener.close()
    await _end(children, hurry, say)
    await asyncio.gather(*keeping)


async def _announce(settings: Settings, on_ready: Callable[[], None]) -> None:
    await until_ready(settings)
    on_ready()


async def _end(children: dict[str, Child], hurry: asyncio.Event, say: Callable[[str], None]) -> None:
    began = time.monotonic()
    say("stopping: the intake answers what it has, the worker stores what is pending (Ctrl-C again to hurry)")
    if "poller" in children:
        await children["poller"].stop(POLLER_SECONDS, hurry)
    if "archiver" in children:
        await children["archiver"].stop(ARCHIVER_SECONDS, hurry)
    if "alerter" in children:
        await children["alerter"].stop(ALERTER_SECONDS, hurry)
    await children["intake"].stop(INTAKE_SECONDS, hurry)
    await children["worker"].stop(WORKER_SECONDS, hurry)
    await children["engine"].stop(ENGINE_SECONDS, hurry)
    say(f"stopped after {time.monotonic() - began:.1f} s")


def _write_down(folder: Folder, up: Up, children: dict[str, Child]) -> None:
    parts = {name: Part(child.pid, child.restarts) for name, child in children.items() if child.pid}
    try:
        write_up(folder, Up(up.pid, up.started, up.config, up.overrides, parts))
    except OSError as error:  # `status` shows old process ids then; what runs goes on
        log.warning("not_written_down", file=str(folder.up), cause=error.strerror)


@cache
def _restarts(folder: Folder) -> "Counter":
    """The counter. Loaded at the first death, as starting comes first."""
    from pipeline.metrics_files import share

    share(folder.metrics, "supervisor")
    from pipeline import metrics

    return metrics.restarts


def _is_open(terminal: str) -> bool:
    """Whether the terminal is still there: closing its window sends the signal that else means `reload`."""
    try:
        os.close(os.open(terminal, os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
