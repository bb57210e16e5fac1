"""The schema comes up to date, once, and is refused where it is not what this version knows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.servers import on_this_machine
from pipeline.sqlfiles import SQL_FOLDER
from pipeline.warehouse import Retry, Setup, Warehouse
from pipeline.warehouse.migrations import TOKENLESS, check_windows, migrate
from tests.services import Engine, free_ports

ALL = [int(path.name.partition("_")[0]) for path in sorted((SQL_FOLDER / "migrations").glob("*.sql"))]
EVERY_TABLE = "SELECT name FROM system.tables WHERE database = 'delivrd_store' AND engine LIKE '%MergeTree'"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations that a test may spoil."""
    return Path(shutil.copytree(SQL_FOLDER / "migrations", tmp_path / "migrations"))


@pytest.fixture
def bare(engine: Engine) -> Iterator[Warehouse]:
    """The shared engine without any schema; it is as it was when the test ends."""
    writer = engine.writer()
    _drop(writer)
    yield writer
    _drop(writer)
    migrate(writer)
    writer.close()


def _drop(writer: Warehouse) -> None:
    # A way that does not stand in the database which it drops.
    outside = Warehouse(writer.servers, writer.user, writer.password, "default")
    for database in ("delivrd", "delivrd_store"):
        outside.command(f"DROP DATABASE IF EXISTS {database}")
    outside.close()


def test_a_bare_server_gets_everything_and_then_nothing(bare: Warehouse) -> None:
    assert migrate(bare) == ALL
    assert migrate(bare) == []


def test_a_migration_that_was_cut_off_is_run_again(bare: Warehouse, folder: Path) -> None:
    views = folder / "0003_public.sql"
    whole = views.read_text()
    views.write_text(whole.replace("CREATE OR REPLACE VIEW ${PUBLIC}.inbound", "CREATE BROKEN VIEW"))
    with pytest.raises(Setup, match="SYNTAX_ERROR"):
        migrate(bare, folder=folder)
    views.write_text(whole)
    assert migrate(bare, folder=folder) == ALL[2:]


def test_a_new_file_is_applied_alone(bare: Warehouse, folder: Path) -> None:
    migrate(bare)
    (folder / "9000_more.sql").write_text("ALTER TABLE ${STORE}.homes COMMENT COLUMN home 'the first time';\n")
    assert migrate(bare, folder=folder) == [9000]
    with pytest.raises(Setup, match=r"newer delivrd \(migration 9000 is not known"):
        migrate(bare)


def test_a_file_that_was_changed_after_it_was_applied_is_refused(bare: Warehouse, folder: Path) -> None:
    migrate(bare)
    with (folder / "0002_fill.sql").open("a") as file:
        file.write("-- a second thought\n")
    with pytest.raises(Setup, match=r"migration 2 in .* was changed"):
        migrate(bare, folder=folder)


def test_a_table_without_a_window_of_tokens_is_refused(bare: Warehouse, folder: Path) -> None:
    table = "CREATE TABLE ${STORE}.careless (a UInt64) ENGINE = MergeTree ORDER BY a"
    (folder / "9000_careless.sql").write_text(table)
    with pytest.raises(Setup, match="careless in delivrd_store would count an insert twice"):
        migrate(bare, folder=folder)


def test_every_table_and_every_target_of_a_view_has_a_window(alone: Warehouse) -> None:
    check_windows(alone)
    for (name,) in alone.query(f"{EVERY_TABLE} AND name != 'migrations'"):
        setting = alone.query(
            "SELECT engine_full LIKE '%non_replicated_deduplication_window = 1000%' FROM system.tables "
            "WHERE database = 'delivrd_store' AND name = {name:String}",
            {"name": name},
        )
        assert setting == [(int(name not in TOKENLESS),)], name
    targets = alone.query(
        "SELECT extract(create_table_query, ' TO ([a-z_.]+)') FROM system.tables WHERE engine = 'MaterializedView'"
    )
    tables = {f"delivrd_store.{name}" for (name,) in alone.query(EVERY_TABLE)}
    assert {target for (target,) in targets} <= tables


def test_no_server_is_tried_again() -> None:
    with pytest.raises(Retry):
        migrate(Warehouse(on_this_machine(free_ports(1)[0]), "writer", "w", "delivrd_store"))
