"""The consumer stands still for whoever needs it, and that is known by its lock."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from consumers.worker import Worker
from delivrd.acts import Present
from delivrd.pausing import Pausing
from delivrd.work import _reload
from pipeline.filesystem import is_locked, locked
from pipeline.settings import Settings, SettingsError, load
from pipeline.settings.first import write_first
from pipeline.settings.folder import Folder
from tests.support.waiting import until


class Running:
    """What is started and stopped."""

    def __init__(self) -> None:
        self.runs = threading.Event()

    def start(self) -> None:
        self.runs.set()

    def stop(self, drain: float) -> None:
        self.runs.clear()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write_first(Folder(tmp_path))
    return load(tmp_path, allow_new_sources=True)


@pytest.fixture
def worker() -> Running:
    return Running()


@pytest.fixture
def pausing(worker: Running, settings: Settings) -> Pausing:
    started = Pausing(cast("Worker", worker), settings)
    started.start()
    until(worker.runs.is_set, "it runs")
    return started


def mistaken(take_over: Callable[[Settings], None] | None = None) -> Settings:
    raise SettingsError([])


def test_it_stands_still_also_where_the_settings_have_a_mistake(
    worker: Running, pausing: Pausing, settings: Settings
) -> None:
    folder = settings.folder
    with locked(folder.pause):
        _reload(cast("Worker", worker), pausing, mistaken, Present(settings))
        assert not worker.runs.is_set()
        with locked(folder.consuming, within=0):
            pass
    until(worker.runs.is_set, "it goes on by itself")
    assert is_locked_by_others(folder.consuming)


def test_it_does_not_stand_still_for_having_looked_too_early(
    worker: Running, pausing: Pausing, settings: Settings
) -> None:
    pausing.look()
    with locked(settings.folder.pause):
        with pytest.raises(TimeoutError), locked(settings.folder.consuming, within=0):
            pass
        assert worker.runs.is_set()
        pausing.look()
        pausing.start()
        assert not worker.runs.is_set()
        assert not is_locked(settings.folder.consuming)


def is_locked_by_others(path: Path) -> bool:
    try:
        with locked(path, within=0):
            return False
    except TimeoutError:
        return True
