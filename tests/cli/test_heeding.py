"""Who writes records down again while nothing runs is waited for as well, and heeds the list once it can be had."""

from contextlib import nullcontext
from pathlib import Path
from typing import cast

import pytest

from delivrd import heeding
from delivrd.heeding import heedful_when_running
from delivrd.options import Place
from pipeline.event_log import EventLog
from pipeline.filesystem import locked
from pipeline.settings import Folder, Settings, load
from pipeline.settings.first import write_first
from tests.log.records import record


class Starting:
    """Nothing runs on it until it is looked at for the third time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._looks = 0

    def consumes(self, settings: Settings) -> bool:
        with pytest.raises(TimeoutError), locked(settings.folder.forget, within=0):
            pass
        self._looks += 1
        return self._looks == 3

    def running_settings(self) -> Settings:
        return self._settings


def test_the_list_is_heeded_as_soon_as_something_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_first(Folder(tmp_path))
    settings = load(tmp_path, allow_new_sources=True)
    unheeded: list[object] = []
    heeded: list[object] = []
    monkeypatch.setattr(heeding, "heedful", lambda *_: nullcontext(heeded.extend))

    class Log:
        append = staticmethod(unheeded.extend)

    place = cast("Place", Starting(settings))
    with heedful_when_running(place, settings, cast("EventLog", Log())) as write:
        for number in range(5):
            write([record(number)])
    assert unheeded == [record(0), record(1)]
    assert heeded == [record(2), record(3), record(4)]
