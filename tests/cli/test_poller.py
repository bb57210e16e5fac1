"""The poller's process: its end."""

import asyncio
import os
import signal

import pytest

from delivrd import polling
from delivrd.commands.poller import command
from pipeline.settings import Folder, Settings, load
from pollers.pace import Paces


async def test_whatever_hangs_the_end_is_within_the_stated_time(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[float] = []
    asking = asyncio.Event()

    async def ask_all(_settings: Settings, _paces: Paces) -> None:
        asking.set()

    monkeypatch.setattr(polling, "end_by_force", limits.append)
    monkeypatch.setattr(polling, "_ask_all", ask_all)
    task = asyncio.create_task(polling.run(load(folder.root, env={}), lambda _=None: load(folder.root, env={})))
    await asking.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 20)
    assert limits == [polling.STOP_SECONDS]
    assert f"within {polling.STOP_SECONDS:.0f} seconds" in str(command.help)


async def test_changed_settings_end_no_pause_that_a_provider_imposed(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Paces] = []
    asking = asyncio.Event()

    async def ask_all(_settings: Settings, paces: Paces) -> None:
        seen.append(paces)
        asking.set()

    monkeypatch.setattr(polling, "end_by_force", lambda _seconds: None)
    monkeypatch.setattr(polling, "_ask_all", ask_all)
    task = asyncio.create_task(polling.run(load(folder.root, env={}), lambda _=None: load(folder.root, env={})))
    for number in (signal.SIGHUP, signal.SIGTERM):
        await asking.wait()
        asking.clear()
        os.kill(os.getpid(), number)
    await asyncio.wait_for(task, 20)
    assert len(seen) == 2
    assert seen[0] is seen[1]
