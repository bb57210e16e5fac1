"""Records are replaced in place, and no byte of the old ones stays in the log's files."""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.log import Entry
from pipeline.sqlite_log import SqliteWriter, records_of, rewrite
from schemas.record import Record
from tests.log.records import record
from tests.log.sqlite import SqliteLog

SECRET = b"5511912345678"


def without(one: Record) -> Record:
    return msgspec.structs.replace(one, body=b"gone") if SECRET in one.body else one


def bytes_of(log: SqliteLog) -> bytes:
    return b"".join(file.read_bytes() for file in log.path.parent.iterdir() if file.name.startswith(log.path.name))


@settings(max_examples=20)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30_000)), max_size=30))
def test_nothing_else_changes_and_nothing_is_left(told: list[tuple[bool, int]]) -> None:
    """Of bodies of any length, with writer and reader open."""
    with (
        TemporaryDirectory() as folder,
        closing(SqliteLog(Path(folder))) as log,
        closing(SqliteWriter(log.path, reserve_bytes=0)) as writer,
    ):
        log.reader()
        kept = [record(number, body=b"." * size + SECRET * secret) for number, (secret, size) in enumerate(told)]
        if kept:
            writer.write(kept)
        counted: list[int] = []
        assert rewrite(log.path, without, counted.append) == sum(secret for secret, _ in told)
        assert sum(counted) == len(told)
        assert list(records_of(log.path)) == [Entry(offset, without(one)) for offset, one in enumerate(kept, 1)]
        assert SECRET not in bytes_of(log)
        assert rewrite(log.path, without, counted.append) == 0


def test_there_is_no_log_yet(tmp_path: Path) -> None:
    assert rewrite(tmp_path / "log.db", without, lambda _: None) == 0
    assert not (tmp_path / "log.db").exists()
