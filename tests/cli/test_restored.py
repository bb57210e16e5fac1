"""An archive that knows what came after the backup is not written to: its offsets would be given twice."""

from pathlib import Path

import pytest

from delivrd.restored import Restored, check_one_life, note_restored
from pipeline.archive.target import ArchiveUnavailable
from pipeline.settings import Folder

LOG = "5f0c"


def test_an_archive_that_knows_a_later_life_is_refused_for_good(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    note_restored(folder, Restored(LOG, 100))
    for _ in range(2):
        with pytest.raises(ArchiveUnavailable, match=r"s3://old has records .* Set another"):
            check_one_life(folder, "s3://old", {LOG: 101})


@pytest.mark.parametrize("until", [{}, {LOG: 100}, {"another": 101}])
def test_one_that_goes_no_further_is_gone_on_with(tmp_path: Path, until: dict[str, int]) -> None:
    folder = Folder(tmp_path)
    note_restored(folder, Restored(LOG, 100))
    check_one_life(folder, "s3://old", until)
    check_one_life(folder, "s3://old", {LOG: 200})


def test_what_was_never_restored_is_not_asked_about(tmp_path: Path) -> None:
    check_one_life(Folder(tmp_path), "s3://old", {LOG: 200})
