"""What runs on a data folder, as its supervisor wrote it down."""

import os
from pathlib import Path

import msgspec

from pipeline.filesystem import is_locked
from pipeline.settings.folder import Folder


class Part(msgspec.Struct, frozen=True):
    """A process of the supervisor's. `restarts` counts how often it died."""

    pid: int
    restarts: int = 0


class Up(msgspec.Struct, frozen=True):
    """A running `delivrd up`.

    `overrides` are the settings that its start decided (the addresses), as environment variables.
    """

    pid: int
    started: int
    config: str
    overrides: dict[str, str]
    parts: dict[str, Part] = {}


def read_up(folder: Folder) -> Up | None:
    """The running supervisor's word; None where none runs."""
    if not is_locked(folder.lock):
        return None
    try:
        up = msgspec.json.decode(folder.up.read_bytes(), type=Up)
        return up if folder.lock.read_text() == str(up.pid) else None
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write_up(folder: Folder, up: Up) -> None:
    """Complete or not at all."""
    write_json(folder.up, up)


def write_json(file: Path, content: msgspec.Struct) -> None:
    """Write a small file, so that whoever reads it never sees half of it."""
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    new.write_bytes(msgspec.json.encode(content))
    new.replace(file)
