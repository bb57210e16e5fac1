"""What the two serving processes have in common: their settings, read again when told, and a word that they did."""

import contextlib
import os
from collections.abc import Callable
from typing import Protocol

import msgspec

from delivrd.options import Place
from delivrd.running import write_json
from pipeline.logging import masks
from pipeline.settings import Folder, Settings, SettingsError


class Loaded(msgspec.Struct, frozen=True):
    """A process' word on the settings it runs on: how often it has read them, and the mistakes of the last time."""

    pid: int
    times: int
    mistakes: list[str]


class Load(Protocol):
    """Reads the settings anew, and has them taken over. Raises SettingsError where they cannot be used."""

    def __call__(self, take_over: Callable[[Settings], None] | None = None) -> Settings:
        """The settings, once `take_over` has returned."""
        ...


def reloading(place: Place, part: str, *, allow_new_sources: bool = False) -> Load:
    """A Load that leaves a Loaded in the run folder as soon as the settings are in force, or cannot be.

    `allow_new_sources` is for a part that needs no webhook secrets, so that they need not be where it runs.
    """
    times = 0

    def load(take_over: Callable[[Settings], None] | None = None) -> Settings:
        nonlocal times
        times += 1
        try:
            settings = place.settings(allow_new_sources=allow_new_sources)
        except SettingsError as error:
            _leave(place.folder, part, Loaded(os.getpid(), times, [str(problem) for problem in error.problems]))
            raise
        masks.hide(settings.secrets)
        if take_over is not None:
            take_over(settings)
        _leave(place.folder, part, Loaded(os.getpid(), times, []))
        return settings

    return load


def read_loaded(folder: Folder, part: str) -> Loaded | None:
    """The latest word of a part; None where it never said one."""
    try:
        return msgspec.json.decode((folder.run / f"{part}.json").read_bytes(), type=Loaded)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _leave(folder: Folder, part: str, loaded: Loaded) -> None:
    """Whoever waits for it is told by its absence where the disk has no room: serving is more important."""
    with contextlib.suppress(OSError):
        folder.run.mkdir(mode=0o700, exist_ok=True)
        write_json(folder.run / f"{part}.json", loaded)
