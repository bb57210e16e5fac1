"""The poller's process: its end."""

import asyncio
import os
import signal

import pytest

from delivrd import polling
from delivrd.commands.poller import command
from pipeline.settings import Folder, Settings, load


async def test_whatever_hangs_the_end_is_within_the_stated_time(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[float] = []
    asking = asyncio.Event()

    async def ask_all(_settings: Settings) -> None:
        asking.set()

    monkeypatch.setattr(polling, "end_by_force", limits.append)
    monkeypatch.setattr(polling, "_ask_all", ask_all)
    task = asyncio.create_task(polling.run(load(folder.root, env={}), lambda _=None: load(folder.root, env={})))
    await asking.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 20)
    assert limits == [polling.STOP_SECONDS]
    assert f"within {polling.STOP_SECONDS:.0f} seconds" in str(command.help)
