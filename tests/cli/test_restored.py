"""An archive that knows what came after the backup is not written to: its offsets would be given twice."""

from pathlib import Path

import pytest

from delivrd.restored import check_one_life, note_restored
from pipeline.archive.target import ArchiveUnavailable
from pipeline.settings import Folder

LOG = "5f0c"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def refused(folder: Folder, archive: str, until: dict[str, int]) -> bool:
    try:
        check_one_life(folder, archive, until)
    except ArchiveUnavailable as error:
        return str(error).startswith(f"{archive} has records") and "Set another" in str(error)
    return False


def test_an_archive_that_knows_a_later_life_is_refused_for_good(folder: Folder) -> None:
    note_restored(folder, LOG, 100)
    assert refused(folder, "s3://old", {LOG: 101})
    assert not refused(folder, "s3://new", {})
    assert refused(folder, "s3://old", {LOG: 101}), "also when another one was looked at"
    assert not refused(folder, "s3://new", {LOG: 200})


@pytest.mark.parametrize("until", [{}, {LOG: 100}, {"another": 101}])
def test_one_that_goes_no_further_is_gone_on_with(folder: Folder, until: dict[str, int]) -> None:
    note_restored(folder, LOG, 100)
    assert not refused(folder, "s3://old", until)
    assert not refused(folder, "s3://old", {LOG: 200})


def test_a_restoration_of_what_was_restored_knows_both_lives(folder: Folder) -> None:
    note_restored(folder, LOG, 100)
    assert not refused(folder, "s3://ours", {LOG: 100})
    assert refused(folder, "s3://first", {LOG: 120})
    note_restored(folder, LOG, 150)
    assert refused(folder, "s3://first", {LOG: 120}), "of the first life, and shorter than the second"
    assert refused(folder, "s3://ours", {LOG: 151}), "of the second life, and longer than the backup of it"
    assert not refused(folder, "s3://new", {})


def test_what_was_never_restored_is_not_asked_about(folder: Folder) -> None:
    assert not refused(folder, "s3://old", {LOG: 200})
    assert not folder.restored.exists()


def test_the_word_of_an_older_version_counts(folder: Folder) -> None:
    folder.restored.write_text(f'{{"log_id": "{LOG}", "end": 100}}')
    assert refused(folder, "s3://old", {LOG: 101})
    assert not refused(folder, "s3://new", {})
    assert not refused(folder, "s3://new", {LOG: 101})


@pytest.mark.parametrize("word", ["", "{", "{}", '{"lives": [{}]}'])
def test_a_word_that_cannot_be_read_stops_the_archiver_with_a_reason(folder: Folder, word: str) -> None:
    folder.restored.write_text(word)
    with pytest.raises(ArchiveUnavailable, match="cannot be read"):
        check_one_life(folder, "s3://new", {})
