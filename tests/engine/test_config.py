"""The configuration files hold what they must, and no secret where others can read."""

import stat
from pathlib import Path

import pytest

from pipeline.engine.config import write_config
from tests.services import READER_PASSWORD, WRITER_PASSWORD, Engine

OBEYED = {
    "fsync_after_insert": "1",
    "fsync_part_directory": "1",
    "min_rows_to_fsync_after_merge": "1",
    "min_compressed_bytes_to_fsync_after_merge": "1",
}


def write(folder: Path, writer_password: str = "w", reader_password: str = "r") -> None:
    write_config(
        folder,
        http_port=1,
        tcp_port=2,
        writer_password=writer_password,
        reader_password=reader_password,
        memory_bytes=1 << 30,
    )


def test_passwords_are_hashes_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    write(folder, WRITER_PASSWORD, READER_PASSWORD)
    users = folder / "users.xml"
    assert stat.S_IMODE(users.stat().st_mode) == 0o600
    for file in folder.iterdir():
        assert "pa55" not in file.read_text()


def test_writing_again_replaces_a_file_with_a_wider_mode(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "users.xml").chmod(0o644)
    write(tmp_path, writer_password="other")
    assert stat.S_IMODE((tmp_path / "users.xml").stat().st_mode) == 0o600


@pytest.mark.parametrize(("writer_password", "reader_password"), [("", "r"), ("w", "")])
def test_users_without_a_password_are_refused(tmp_path: Path, writer_password: str, reader_password: str) -> None:
    with pytest.raises(ValueError, match="passwords"):
        write(tmp_path, writer_password, reader_password)


def test_the_engine_obeys_what_durability_needs(engine: Engine) -> None:
    writer = engine.writer()
    names = ", ".join(f"'{name}'" for name in OBEYED)
    rows = writer.query(f"SELECT name, value FROM system.merge_tree_settings WHERE name IN ({names})")
    assert dict(rows) == OBEYED
    assert writer.query("SELECT name FROM system.tables WHERE database = 'system' AND engine LIKE '%MergeTree'") == []
    writer.close()


def test_a_question_uses_as_many_threads_as_it_may_with_little_memory(engine: Engine) -> None:
    writer = engine.writer()
    writer.command("CREATE TABLE some (x UInt64) ORDER BY x")
    try:
        writer.command("INSERT INTO some SELECT number FROM numbers_mt(1000000)")
        plan = writer.query("EXPLAIN PIPELINE SELECT sum(cityHash64(x)) FROM some SETTINGS max_threads = 3")
        assert any("AggregatingTransform \N{MULTIPLICATION SIGN} 3" in line for (line,) in plan)
    finally:
        writer.command("DROP TABLE some")
        writer.close()


def test_no_user_waits_for_a_question_to_be_compiled(engine: Engine) -> None:
    for asking in (engine.writer(), engine.reader()):
        for name in ("expressions", "aggregate_expressions", "sort_description"):
            assert asking.query(f"SELECT getSetting('compile_{name}')") == [(False,)]
        asking.close()
