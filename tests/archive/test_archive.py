"""Files of the archive: what was put in comes out, whatever it holds, from a folder and from a bucket."""

import fcntl
import os
import stat
import tempfile
import uuid
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.archive.archive import Archive
from pipeline.archive.files import file_of, parse_name
from pipeline.archive.target import ArchiveUnavailable, Place, open_target
from pipeline.filesystem import locked
from pipeline.log import Entry
from pipeline.warehouse import Warehouse
from schemas.record import Record
from tests.log.records import TIME, record, records
from tests.services import Engine

LOG = str(uuid.UUID(int=7))
DAY = 86_400_000


def entries(first: int, last: int) -> list[Entry]:
    return [Entry(number, record(number, time=TIME + number)) for number in range(first, last + 1)]


@settings(max_examples=20, deadline=None)
@given(st.lists(records, min_size=1, max_size=30))
def test_any_records_come_out_as_they_went_in(engine: Engine, given: list[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(engine.writer()) as warehouse:
        archive = Archive(open_target(Place(url=folder)), warehouse)
        stored = [Entry(number * 3, one) for number, one in enumerate(given)]
        file = archive.write(LOG, 2, stored)
        assert archive.read(file) == stored
        assert archive.files() == {(LOG, 2): [file]}


def test_files_are_written_listed_replaced_and_removed(place: Place, warehouse: Warehouse) -> None:
    target = open_target(place)
    archive = Archive(target, warehouse)
    assert archive.files() == {}
    second = archive.write(LOG, 0, entries(11, 20))
    first = archive.write(LOG, 0, entries(1, 10))
    other = archive.write(LOG, 11, entries(0, 3))
    target.put("README", b"what somebody else put there")
    assert archive.files() == {(LOG, 0): [first, second], (LOG, 11): [other]}
    assert (first.first, first.last, second.first, second.last) == (1, 10, 11, 20)
    before = target.get(first.name)
    assert before[:4] == before[-4:] == b"PAR1"
    archive.write(LOG, 0, entries(1, 10))
    assert target.get(first.name) == before, "the same range written again is the same file"
    changed = [
        msgspec.structs.replace(one, record=msgspec.structs.replace(one.record, body=b"")) for one in entries(1, 10)
    ]
    archive.replace(first, changed)
    assert archive.read(first) == changed
    assert archive.read(second) == entries(11, 20)


def test_a_place_that_cannot_be_used_says_so_without_a_secret(place: Place, tmp_path: Path) -> None:
    if place.endpoint:
        gone = msgspec.structs.replace(place, url="s3://no-such-bucket/archive")
    else:
        (tmp_path / "file").write_text("not a folder")
        gone = Place(url=str(tmp_path / "file" / "archive"))
    for use in (
        lambda: open_target(gone).put("a", b""),
        lambda: open_target(gone).get("a"),
    ):
        with pytest.raises(ArchiveUnavailable) as raised:
            use()
        assert gone.url.split("/archive")[0] in str(raised.value)
        assert "\n" not in str(raised.value)
        assert place.secret_key == "" or place.secret_key not in str(raised.value)


def test_what_was_not_finished_is_not_there(tmp_path: Path) -> None:
    target = open_target(Place(url=str(tmp_path)))
    target.put("a/b", b"whole")
    begun = tmp_path / "a" / "c.parquet.17.new"
    begun.write_bytes(b"hal")
    assert list(target.names()) == ["a/b"]
    with locked(begun):
        target.tidy()
        assert begun.exists(), "whose process lives"
    target.tidy()
    assert not begun.exists()
    assert list(target.names()) == ["a/b"]
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700


def test_a_file_that_is_begun_while_somebody_tidies_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who tidies may have found it unlocked, in the moment before it was."""
    flock, fsync = fcntl.flock, os.fsync

    def tidied_before(file: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        target.tidy()
        flock(file, how)

    def tidied_again(file: int) -> None:
        target.tidy()
        fsync(file)

    target = open_target(Place(url=str(tmp_path)))
    monkeypatch.setattr(fcntl, "flock", tidied_before)
    monkeypatch.setattr(os, "fsync", tidied_again)
    target.put("a/b.parquet", b"whole")
    assert target.get("a/b.parquet") == b"whole"
    assert [path.name for path in tmp_path.rglob("*.new")] == []


def test_a_name_tells_everything() -> None:
    file = file_of(LOG, 3, 1, 50_000, [TIME + DAY, TIME])
    assert file.name == f"{LOG}/3/00000000000000000001-00000000000000050000_2023-11-14_2023-11-15.parquet"
    assert parse_name(file.name) == file
    assert parse_name(file.name.replace("2023-11-14", "2023-11-44")) is None
    assert parse_name("README") is None
    midnight = TIME - TIME % DAY
    assert file.may_hold(None, None)
    assert file.may_hold(midnight + 2 * DAY - 1, None)
    assert not file.may_hold(midnight + 2 * DAY, None)
    assert file.may_hold(None, midnight + 1)
    assert not file.may_hold(None, midnight)
