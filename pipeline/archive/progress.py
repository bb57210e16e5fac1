"""How far the archive came, in a small file of the data folder: for the intake, which prunes the log and must neither
wait for the archive nor load what reads it. Whoever archives writes it; the archive itself is the truth.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec


class Progress(msgspec.Struct, frozen=True):
    """Of the archive at `target`: by log id, the offset after the last one that is there (of partition 0).

    `problem` is why it goes no further just now, empty where it does.
    """

    target: str
    until: Mapping[str, int] = {}
    problem: str = ""


def write_progress(path: Path, progress: Progress) -> None:
    """Complete or not at all."""
    new = path.with_suffix(".new")
    new.write_bytes(msgspec.json.encode(progress))
    new.replace(path)


def read_progress(path: Path, target: str) -> Progress:
    """The last word about the archive at `target`; of one that nobody has written to yet, nothing is there."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Progress)
    except (FileNotFoundError, msgspec.DecodeError):
        return Progress(target)
    return found if found.target == target else Progress(target)
