"""One process of the supervisor's: kept running until it is stopped."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from pipeline.parent import PARENT_FD

FIRST_DELAY = 0.1
LONGEST_DELAY = 10.0
STEADY_SECONDS = 10.0
"""Whoever ran this long is started again at once when it dies."""

log = structlog.get_logger("delivrd.supervisor")


@dataclass(frozen=True)
class Start:
    """How a process is started.

    `inherited` are files that it holds open. `prepare` runs before each start. What it writes to stderr goes
    to the file `said`, if there is one; its last line is told when it dies.
    """

    name: str
    command: list[str]
    env: Mapping[str, str]
    inherited: tuple[int, ...]
    prepare: Callable[[], None] = lambda: None
    said: Path | None = None


class Child:
    """Keeps one process running. `changed` is called after each start, `died` after each death."""

    def __init__(self, start: Start, changed: Callable[[], None], died: Callable[[str], None]) -> None:
        self.name = start.name
        self.pid = 0
        self.restarts = 0
        self._start = start
        self._changed = changed
        self._died = died
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()

    async def keep(self) -> None:
        """Start it, and again whenever it dies, after a delay that grows; returns when it was stopped."""
        delay = FIRST_DELAY
        while not self._stopping.is_set():
            began = time.monotonic()
            cause = await self._run_once()
            if self._stopping.is_set():
                return
            if time.monotonic() - began > STEADY_SECONDS:
                delay = FIRST_DELAY
            self.restarts += 1
            self._died(self.name)
            log.warning("died", process=self.name, cause=cause, again_in_seconds=delay)
            try:
                await asyncio.wait_for(self._stopping.wait(), delay)
            except TimeoutError:
                delay = min(delay * 2, LONGEST_DELAY)

    async def _run_once(self) -> str:
        """One life, and why it ended."""
        with contextlib.ExitStack() as open_files:
            try:
                self._process = await self._spawn(open_files)
            except OSError as error:  # a full disk, for one; it may pass
                return f"it cannot be started: {error}"
            self.pid = self._process.pid
            self._changed()
            if self._stopping.is_set():  # told while it was being started
                self.signal(signal.SIGTERM)
            return self._cause(await self._process.wait())

    async def _spawn(self, open_files: contextlib.ExitStack) -> asyncio.subprocess.Process:
        """The process, with a pipe whose writing end closes with `open_files` or with us; then it ends by itself."""
        self._start.prepare()
        reading, writing = os.pipe()
        open_files.callback(os.close, writing)
        try:
            said = open_files.enter_context(self._start.said.open("wb")) if self._start.said else None
            return await asyncio.create_subprocess_exec(
                *self._start.command,
                env={**self._start.env, PARENT_FD: str(reading)},
                stdin=asyncio.subprocess.DEVNULL,
                stderr=said,
                pass_fds=(reading, *self._start.inherited),
                start_new_session=True,  # a Ctrl-C of the terminal is for the supervisor alone
            )
        finally:
            os.close(reading)

    def _cause(self, code: int) -> str:
        if code < 0:
            return f"signal {signal.Signals(-code).name}"
        lines = self._start.said.read_text(errors="replace").splitlines() if self._start.said else []
        return f"exit code {code}" + (f": {lines[-1]}" if lines else "")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it lives."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    async def stop(self, seconds: float, hurry: asyncio.Event) -> None:
        """End it: orderly within `seconds`, by force after that, and by force at once when `hurry` is set."""
        self._stopping.set()
        if self._process is None or self._process.returncode is not None:
            return
        self.signal(signal.SIGTERM)
        ended = asyncio.create_task(self._process.wait())
        hurried = asyncio.create_task(hurry.wait())
        await asyncio.wait({ended, hurried}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if not ended.done():
            log.warning("ended_by_force", process=self.name)
            self.signal(signal.SIGKILL)
        await ended
