"""A supervised process: started again after every end, until it is stopped."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from delivrd.supervisor import child as module
from delivrd.supervisor.child import Child, Start

WAITS = [sys.executable, "-c", "import signal; signal.pause()"]
ENDS = [sys.executable, "-c", "import sys; print('the reason', file=sys.stderr); sys.exit(2)"]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_DELAY", 0.001)


class Events:
    """What a child told, and a way to await it."""

    def __init__(self) -> None:
        self.starts = 0
        self.deaths: list[str] = []
        self._news = asyncio.Event()

    def changed(self) -> None:
        self.starts += 1
        self._news.set()

    def died(self, name: str) -> None:
        self.deaths.append(name)
        self._news.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not holds():
                await self._news.wait()
                self._news.clear()


@asynccontextmanager
async def kept(start: Start) -> AsyncIterator[tuple[Child, Events]]:
    events = Events()
    child = Child(start, events.changed, events.died)
    keeping = asyncio.create_task(child.keep())
    yield child, events
    await child.stop(60, asyncio.Event())
    async with asyncio.timeout(60):
        await keeping


def start(command: list[str], tmp_path: Path, prepare: Callable[[], None] = lambda: None) -> Start:
    return Start("part", command, os.environ, (), prepare, tmp_path / "said")


async def test_what_ends_by_itself_is_started_again_with_its_reason(tmp_path: Path) -> None:
    with capture_logs() as logs:
        async with kept(start(ENDS, tmp_path)) as (child, events):
            await events.until(lambda: len(events.deaths) >= 2)
            assert child.restarts >= 2
            assert events.starts >= 2
    assert set(events.deaths) == {"part"}
    assert any("exit code 2: the reason" in str(log) for log in logs)


async def test_what_cannot_be_started_now_is_tried_again(tmp_path: Path) -> None:
    tries = 0

    def prepare() -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OSError(28, "No space left on device")

    async with kept(start(WAITS, tmp_path, prepare)) as (child, events):
        await events.until(lambda: events.starts == 1)
        assert child.pid > 0
    assert tries == 3
    assert len(events.deaths) == 2


async def test_stopped_while_it_is_being_started(tmp_path: Path) -> None:
    async with kept(start(WAITS, tmp_path)) as (child, events):
        await asyncio.sleep(0)  # keeping has begun, the process is not there yet
        assert child.pid == 0
    assert events.starts <= 1


async def test_stopped_while_it_waits_for_its_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_DELAY", 600)
    async with kept(start(ENDS, tmp_path)) as (_, events):
        await events.until(lambda: len(events.deaths) == 1)
    assert events.starts == 1
