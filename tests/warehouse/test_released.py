"""What was released once stays as it is, and an installation of it comes up to date with all that it holds.

A release's schema is the migrations up to a number. In `tests/fixtures/released/` each has the checksums of its files
and what an installation of it held beside what those before it did. A new release adds two files of its number; none of
them ever changes.
"""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from consumers.known import known_sources
from pipeline.sqlfiles import SQL_FOLDER
from pipeline.warehouse import Setup, Warehouse
from pipeline.warehouse.migrations import check_current, known_migrations, migrate
from pipeline.warehouse.reports import Period, load_report, report_names, run_report
from pipeline.warehouse.rollups import HOURS, refresh, work_out_days
from tests.figures import HOUR
from tests.services import work_out
from tests.shards import Served

RELEASED = Path(__file__).parents[1] / "fixtures" / "released"
RELEASES = sorted(int(file.stem) for file in RELEASED.glob("*.sql"))
SINCE = 1_788_220_800_000
"""2026-09-01T00:00:00Z"""
PERIOD = Period(SINCE, SINCE + 8 * 24 * HOUR, SINCE + 8 * 24 * HOUR)


@pytest.fixture
def bare(served: Served) -> Iterator[Warehouse]:
    """The shared engine, or the shared shards, without any schema; they are as they were when the test ends."""
    with closing(served.writer()) as writer:
        _drop(writer)
        yield writer
        _drop(writer)
        migrate(writer)


def _drop(writer: Warehouse) -> None:
    for server in writer.each():
        for database in ("delivrd", "delivrd_store", "delivrd_local"):
            server.command(f"DROP DATABASE IF EXISTS {database}")


def migrations_of(release: int, folder: Path) -> Path:
    """The migrations of a release alone."""
    folder.mkdir()
    for file in (SQL_FOLDER / "migrations").glob("*.sql"):
        if int(file.name.partition("_")[0]) <= release:
            shutil.copy(file, folder)
    return folder


def fill(warehouse: Warehouse, release: int) -> None:
    """What an installation of a release holds."""
    for number in RELEASES[: RELEASES.index(release) + 1]:
        for statement in (RELEASED / f"{number:04}.sql").read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                warehouse.command(statement)
    refresh(warehouse, HOURS)
    work_out_days(warehouse)


def views(warehouse: Warehouse) -> dict[str, list[str]]:
    """The public views, with their columns; but for when a figure was worked out.

    Of a state of quantiles, what it says: the order of its bytes is that in which it was merged.
    """
    rows = warehouse.query(
        "SELECT table, groupArray(if(type LIKE 'AggregateFunction%', 'finalizeAggregation(' || name || ')', name)) "
        "FROM (SELECT * FROM system.columns ORDER BY position) "
        "WHERE database = 'delivrd' AND name != 'as_of' GROUP BY table"
    )
    return dict(rows)


def shown(warehouse: Warehouse, columns: dict[str, list[str]]) -> dict[str, list[bytes]]:
    """What stands in the columns of the views."""
    return {
        view: sorted(warehouse.raw(f"SELECT {', '.join(names)} FROM delivrd.{view}", "JSONEachRow").splitlines())
        for view, names in columns.items()
    }


def told(warehouse: Warehouse) -> dict[str, list[str]]:
    """What every report says."""
    answers = {}
    with closing(Warehouse(warehouse.servers, warehouse.user, warehouse.password)) as reader:
        for name in report_names():
            answers[name] = sorted(map(repr, run_report(reader, load_report(name), PERIOD).rows))
    return answers


@pytest.mark.parametrize("release", RELEASES)
def test_what_was_released_is_not_edited(release: int) -> None:
    listed = [line.split() for line in (RELEASED / f"{release:04}.sha256").read_text(encoding="utf-8").splitlines()]
    for digest, name in listed:
        present = hashlib.sha256((SQL_FOLDER.parent / name).read_bytes()).hexdigest()
        assert present == digest, f"{name} was released as it was: write a new migration"
    numbers = [int(Path(name).name.partition("_")[0]) for _, name in listed]
    assert numbers == [number for number in known_migrations() if number <= release], "a number is taken for good"


@pytest.mark.parametrize("release", RELEASES)
def test_an_installation_comes_up_to_date_with_all_it_holds(bare: Warehouse, release: int, tmp_path: Path) -> None:
    migrate(bare, folder=migrations_of(release, tmp_path / "released"))
    fill(bare, release)
    columns = views(bare)
    before = shown(bare, columns)
    assert all(before.values()), "of everything something"
    with pytest.raises(Setup, match=r"lacks migration .*run `delivrd migrate` once"):
        check_current(bare)

    assert migrate(bare) == [number for number in known_migrations() if number > release]
    check_current(bare)
    assert [(name,) for name in sorted(known_sources(bare, {}))] == bare.query(
        "SELECT DISTINCT source FROM events ORDER BY 1"
    )
    assert shown(bare, columns) == before
    work_out(bare)
    assert shown(bare, columns) == before
    after = told(bare)
    assert after["deliveries"]

    # the same in a new installation, which was never migrated
    _drop(bare)
    migrate(bare)
    fill(bare, release)
    work_out(bare)
    assert told(bare) == after


def test_a_newer_schema_is_refused_by_who_migrates_and_who_works(bare: Warehouse, tmp_path: Path) -> None:
    newer = Path(shutil.copytree(SQL_FOLDER / "migrations", tmp_path / "newer"))
    (newer / "9000_more.sql").write_text("ALTER TABLE ${LOCAL}.homes COMMENT COLUMN home 'the first time';\n")
    migrate(bare, folder=newer)
    for refuse in (migrate, check_current):
        with pytest.raises(Setup, match=r"newer delivrd \(migration 9000 is not known .* install that version again"):
            refuse(bare)
