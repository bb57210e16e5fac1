"""What `delivrd status` says of the archive."""

import datetime as dt
import zoneinfo
from contextlib import closing
from pathlib import Path

import pytest

from delivrd.archived import archive_rows
from delivrd.options import Place
from pipeline.archive.files import file_of
from pipeline.archive.progress import Progress, write_progress
from pipeline.archive.target import Target, open_target
from pipeline.settings import Folder, Settings, load
from pipeline.settings.first import write_first
from pipeline.sqlite_log import SqliteReader, SqliteWriter
from tests.log.records import TIME, record

PLACE_TZ = zoneinfo.ZoneInfo("UTC")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """With a log of twenty old records, which were consumed; the first ten have left it."""
    folder = Folder(tmp_path)
    write_first(folder)
    with closing(SqliteWriter(folder.log, reserve_bytes=0)) as writer:
        writer.write([record(number, time=TIME) for number in range(1, 21)])
        with closing(SqliteReader(folder.log, folder.state)) as reader:
            reader.commit(0, 21, "")
        writer.prune(11, 10**15, None)
    return folder


def rows(folder: Folder) -> list[tuple[str, str, bool]]:
    return list(archive_rows(Place(folder, PLACE_TZ), settings_of(folder)))


def settings_of(folder: Folder) -> Settings:
    return load(folder.root, env={"DELIVRD_ARCHIVE_TARGET": "years"}, allow_new_sources=True)


def put(folder: Folder, first: int, last: int) -> Target:
    with closing(SqliteReader(folder.log, folder.state)) as reader:
        log_id = reader.log_id
    place = settings_of(folder).archive_place
    assert place
    target = open_target(place)
    target.put(file_of(log_id, 0, first, last, [TIME]).name, b"")
    return target


def test_an_archive_that_is_behind_says_what_it_waits_for(folder: Folder) -> None:
    put(folder, 1, 15)
    oldest = dt.datetime.fromtimestamp(TIME / 1000, dt.UTC).isoformat(" ", "milliseconds")
    behind = f"1 files in {folder.root}/years, behind: a record of {oldest} is not there"
    assert rows(folder) == [("archive", behind, False)]
    put(folder, 16, 20)
    assert rows(folder) == [("archive", f"2 files in {folder.root}/years", True)]


def test_what_the_log_had_to_let_go_is_told(folder: Folder) -> None:
    put(folder, 1, 4)
    what = "6 records, 5 to 10 of partition 0: the log had to let them go"
    assert rows(folder)[1:] == [("archive lacks", what, True)]
    put(folder, 11, 20)
    assert rows(folder)[1:] == [("archive lacks", what, True)], "for ever, as they are gone"


def test_what_keeps_it_from_going_on_is_told(folder: Folder) -> None:
    put(folder, 1, 20)
    write_progress(folder.archived, Progress(f"{folder.root}/years", problem="the disk is full"))
    assert rows(folder) == [("archive", f"1 files in {folder.root}/years; the disk is full", False)]
    write_progress(folder.archived, Progress("/another/archive", problem="the disk is full"))
    assert rows(folder) == [("archive", f"1 files in {folder.root}/years", True)]


def test_without_an_archive_there_is_nothing_to_say(folder: Folder) -> None:
    settings = load(folder.root, env={}, allow_new_sources=True)
    assert list(archive_rows(Place(folder, PLACE_TZ), settings)) == []
