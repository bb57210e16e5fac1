"""One process of the supervisor's: kept running until it is stopped."""

import asyncio
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

    `inherited` is a file that it holds open. `prepare` runs before each start. What it writes to stderr goes
    to the file `said`, if there is one; its last line is told when it dies.
    """

    name: str
    command: list[str]
    env: Mapping[str, str]
    inherited: int
    prepare: Callable[[], None] = lambda: None
    said: Path | None = None


class Child:
    """Keeps one process running. `changed` is called after each start."""

    def __init__(self, start: Start, changed: Callable[[], None]) -> None:
        self.name = start.name
        self.pid = 0
        self.restarts = 0
        self._start = start
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()

    async def keep(self) -> None:
        """Start it, and again whenever it dies, after a delay that grows; returns when it was stopped."""
        delay = FIRST_DELAY
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._run_once()
            if self._stopping.is_set():
                return
            if time.monotonic() - began > STEADY_SECONDS:
                delay = FIRST_DELAY
            self._count_restart()
            log.warning("died", process=self.name, cause=self._cause(code), again_in_seconds=delay)
            try:
                await asyncio.wait_for(self._stopping.wait(), delay)
            except TimeoutError:
                delay = min(delay * 2, LONGEST_DELAY)

    def _count_restart(self) -> None:
        from pipeline import metrics  # not before the first death: starting comes first

        self.restarts += 1
        metrics.restarts.labels(self.name).inc()

    async def _run_once(self) -> int:
        """One life. The writing end of its pipe closes with us, and then it ends by itself."""
        self._start.prepare()
        reading, writing = os.pipe()
        said = self._start.said.open("wb") if self._start.said else None
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._start.command,
                env={**self._start.env, PARENT_FD: str(reading)},
                stdin=asyncio.subprocess.DEVNULL,
                stderr=said,
                pass_fds=(reading, self._start.inherited),
                start_new_session=True,  # a Ctrl-C of the terminal is for the supervisor alone
            )
            os.close(reading)
            self.pid = self._process.pid
            self._changed()
            return await self._process.wait()
        finally:
            os.close(writing)
            if said is not None:
                said.close()

    def _cause(self, code: int) -> str:
        """Why it ended, for people."""
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
