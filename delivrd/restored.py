"""A log that was brought back from a backup, and an archive that may know a later life of it.

What the log took in after the backup is lost with it, and its offsets are given again; in an archive that has them
already, the new records would be taken for the old ones, and let go of unarchived.
"""

from collections.abc import Mapping

import msgspec

from delivrd.running import write_json
from pipeline.archive.target import ArchiveUnavailable
from pipeline.settings import Folder


class Restored(msgspec.Struct, frozen=True):
    """A log, and the offset after the last record that the backup had of it."""

    log_id: str
    end: int


def note_restored(folder: Folder, restored: Restored) -> None:
    """Keep it until an archive is looked at."""
    write_json(folder.restored, restored)


def check_one_life(folder: Folder, target: str, until: Mapping[str, int]) -> None:
    """`until` is where the archive ends, by log id. Raises ArchiveUnavailable where it knows a later life of ours."""
    try:
        restored = msgspec.json.decode(folder.restored.read_bytes(), type=Restored)
    except FileNotFoundError:
        return
    if until.get(restored.log_id, 0) > restored.end:
        raise ArchiveUnavailable(
            f"{target} has records that came after the backup of which this installation was made: the new ones would "
            "be taken for them. Set another archive.target; the log keeps everything until then"
        )
    folder.restored.unlink()
