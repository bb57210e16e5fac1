"""A log that was brought back from a backup, and an archive that may know a later life of it.

What the log took in after the backup is lost with it, and its offsets are given again; in an archive that has them
already, the new records would be taken for the old ones, and let go of unarchived.
"""

import contextlib
from collections.abc import Mapping, Sequence

import msgspec

from delivrd.running import write_json
from pipeline.archive.target import ArchiveUnavailable
from pipeline.settings import Folder


class Life(msgspec.Struct, frozen=True):
    """A log that goes on from a backup, which had its records before the offset `end`.

    `ours` are the archives that went no further when they were first looked at: what they have beyond is of this life.
    """

    log_id: str
    end: int
    ours: Sequence[str] = ()


class Lives(msgspec.Struct, frozen=True):
    """Each restoration that led to this data folder: backups were made in between."""

    lives: Sequence[Life]


def note_restored(folder: Folder, log_id: str, end: int) -> None:
    """A life begins."""
    write_json(folder.restored, Lives([*_lives(folder), Life(log_id, end)]))


def check_one_life(folder: Folder, archive: str, until: Mapping[str, int]) -> None:
    """`until` is where the archive ends, by log id. Raises ArchiveUnavailable where it knows another life than ours."""
    lives = _lives(folder)
    first = [life for life in lives if archive not in life.ours]
    if any(until.get(life.log_id, 0) > life.end for life in first):
        raise ArchiveUnavailable(
            f"{archive} has records that came after the backup of which this installation was made: the new ones would "
            "be taken for them. Set another archive.target; the log keeps everything until then"
        )
    if first:
        ours = [msgspec.structs.replace(life, ours=sorted({*life.ours, archive})) for life in lives]
        write_json(folder.restored, Lives(ours))


def _lives(folder: Folder) -> Sequence[Life]:
    """As they are written now, or as one life by itself, which is how they were. Raises ArchiveUnavailable."""
    try:
        word = folder.restored.read_bytes()
    except FileNotFoundError:
        return ()
    with contextlib.suppress(msgspec.DecodeError):
        return [msgspec.json.decode(word, type=Life)]
    try:
        return msgspec.json.decode(word, type=Lives).lives
    except msgspec.DecodeError as error:
        raise ArchiveUnavailable(
            f"{folder.restored} cannot be read: {error}. It tells which archives this installation may write to: put "
            "it back from a backup"
        ) from None
