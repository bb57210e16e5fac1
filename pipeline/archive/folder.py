"""An archive in a folder of this machine, or of one that is mounted here."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.archive.target import ArchiveUnavailable
from pipeline.filesystem import locked, sync_folder

_BEING_WRITTEN = ".new"


class FolderTarget:
    """See Target. The files hold personal data: they and their folders are for their owner alone."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> Iterator[str]:
        """Those that were begun and not finished are none."""
        with self._failures():
            for path in self._root.rglob("*"):
                if path.is_file() and not path.name.endswith(_BEING_WRITTEN):
                    yield path.relative_to(self._root).as_posix()

    def get(self, name: str) -> bytes:
        """As Target says."""
        with self._failures():
            return (self._root / name).read_bytes()

    def put(self, name: str, data: bytes) -> None:
        """Written beside, synced, renamed: whoever looks sees the old file or the new one, also after a power cut."""
        path = self._root / name
        new = path.with_name(f"{path.name}.{os.getpid()}{_BEING_WRITTEN}")
        with self._failures():
            made = _make(path.parent)
            try:
                with locked(new), new.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                    new.replace(path)
            finally:
                new.unlink(missing_ok=True)
            for folder in (path.parent, *made):
                sync_folder(folder)

    def tidy(self) -> None:
        """What nobody is writing any more: a lock goes with the process that holds it."""
        with self._failures():
            for path in self._root.rglob(f"*.parquet.*{_BEING_WRITTEN}"):
                with contextlib.suppress(TimeoutError, FileNotFoundError), locked(path, within=0):
                    path.unlink()

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ArchiveUnavailable(f"{error.filename or self._root}: {error.strerror}") from error


def _make(folder: Path) -> list[Path]:
    """Make a folder and what it stands in; the folders that have new names in them."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
    return [one.parent for one in missing]
