"""A file of the archive whose writer was killed before it could look who was forgotten meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from delivrd.archiving import _make_up
from pipeline.archive.archive import Archive
from pipeline.archive.target import Place, open_target
from pipeline.log import Entry
from pipeline.settings import Folder, load
from pipeline.settings.first import write_first
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse
from schemas.forgotten import Forgotten
from schemas.record import Record, RecordType
from tests.log.records import TIME
from tests.services import empty

NUMBER, OTHER = b"5511912345678", b"5511888880020"


@pytest.fixture
def emptied(warehouse: Warehouse) -> Iterator[Warehouse]:
    """Nobody else's key is the one of this list."""
    yield warehouse
    empty(warehouse)


def report(number: int, phone: bytes) -> Entry:
    body = b'{"messageId":"%d","phone":"%s","status":"EXPIRED"}' % (number, phone)
    return Entry(
        number, Record(f"{number}", "integrax-br", RecordType.WEBHOOK, TIME, None, "application/json", b"", body)
    )


def test_it_is_made_up_for_by_whoever_comes_next(tmp_path: Path, emptied: Warehouse) -> None:
    write_first(Folder(tmp_path))
    settings = load(tmp_path, allow_new_sources=True)
    archive = Archive(open_target(Place(url=str(tmp_path / "archive"))), emptied)
    entries = [report(1, NUMBER), report(2, OTHER)]
    file = archive.write("00000000-0000-0000-0000-000000000007", 0, entries)
    forgotten = Forgotten(settings.forget.key or "")
    values = {"number": forgotten.hash_of("+" + NUMBER.decode()), "check": forgotten.check}
    emptied.command(load_sql("forget/list"), values)

    _make_up(settings, archive, emptied, file, {file.name})
    assert archive.read(file) == entries, "known to be without them"
    looked: set[str] = set()
    _make_up(settings, archive, emptied, file, looked)
    first, second = archive.read(file)
    assert NUMBER not in first.record.body
    assert second == entries[1]
    assert looked == {file.name}
