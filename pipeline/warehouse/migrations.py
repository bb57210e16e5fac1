"""Bringing the warehouse's schema up to date: `sql/migrations`, numbered, applied once, checked by checksum.

The files are applied by the library clickhouse-migrations, which keeps what it applied in `<store>.migrations`.
ClickHouse has no transactions for a schema, so a file that was cut off is run again from its start: each of its
statements must be repeatable.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from clickhouse_connect.driver import exceptions
from clickhouse_migrations.clickhouse_cluster import ClickhouseCluster
from clickhouse_migrations.exceptions import MigrationException
from clickhouse_migrations.migrator import STATUS_MD5_MISMATCH, STATUS_UNKNOWN

from pipeline.sqlfiles import SQL_FOLDER, load_sql
from pipeline.warehouse.client import Warehouse
from pipeline.warehouse.errors import Setup, translated

STORE = "delivrd_store"
PUBLIC = "delivrd"
BOOKKEEPING = "migrations"

MONTH_DAYS = 31

# What a look-up needs to recognize a repeat, and what tells of records, is kept longer than the events.
RETAINED = {
    "events": ("home", 0),
    "messages": ("home", 0),
    "recipients": ("home", 0),
    "homes": ("home", MONTH_DAYS),
    "dead_letters": ("received_at", MONTH_DAYS),
    "chunks": ("consumed_at", MONTH_DAYS),
}


def migrate(
    warehouse: Warehouse, *, store: str = STORE, public: str = PUBLIC, folder: Path = SQL_FOLDER / "migrations"
) -> list[int]:
    """Apply what has not been applied; the numbers of what was, in order. Nothing to do is no error.

    Only one process may run it at a time. Raises Setup where the warehouse is newer than this version, where an
    applied file was changed, or where a table keeps no insert tokens; Retry where the server is not there.
    """
    cluster = ClickhouseCluster(
        db_host=warehouse.host,
        db_port=str(warehouse.port),
        db_user=warehouse.user,
        db_password=warehouse.password,
        secure=warehouse.secure,
        driver="clickhouse-connect",
        migrations_table=BOOKKEEPING,
    )
    try:
        _check_history(cluster, store, folder)
        applied = cluster.migrate(store, folder, variables={"STORE": store, "PUBLIC": public})
    except exceptions.Error as error:
        raise translated(error) from None
    except MigrationException as error:
        raise Setup(f"the warehouse's schema cannot be brought up to date: {error}") from None
    check_windows(warehouse, store)
    return [migration.version for migration in applied]


def apply_retention(warehouse: Warehouse, keep_days: int, *, store: str = STORE) -> list[str]:
    """Keep events for `keep_days` days, 0 for ever; the names of the tables that had to be altered.

    Whole months go when their last day is over. Raises Retry, Setup.
    """
    kept = dict(warehouse.query(load_sql("warehouse/retention"), {"store": store}))
    altered = []
    for table, (column, longer) in RETAINED.items():
        wanted = f"toDateTime({column}) + toIntervalDay({keep_days + longer})" if keep_days else ""
        if kept[table] == wanted:
            continue
        change = f"MODIFY TTL {wanted}" if wanted else "REMOVE TTL"
        warehouse.command(f"ALTER TABLE {store}.{table} {change}")
        altered.append(table)
    return altered


def check_windows(warehouse: Warehouse, store: str = STORE) -> None:
    """Raises Setup where a table keeps no window of insert tokens: a repeated insert would double there."""
    without = [
        name
        for name, engine in warehouse.query(load_sql("warehouse/engines"), {"store": store, "except": BOOKKEEPING})
        if not _has_window(engine)
    ]
    if without:
        raise Setup(
            f"{_listed(without)} in {store} would count an insert twice that is tried again; "
            "set non_replicated_deduplication_window = 1000 there"
        )


def _has_window(engine: str) -> bool:
    if engine.startswith("Replicated"):
        return not re.search(r"\breplicated_deduplication_window = 0\b", engine)
    return re.search(r"\bnon_replicated_deduplication_window = [1-9]", engine) is not None


def _check_history(cluster: ClickhouseCluster, store: str, folder: Path) -> None:
    states = {row.version: row.state for row in cluster.status(store, folder)}
    newer = [version for version, state in states.items() if state == STATUS_UNKNOWN]
    if newer:
        raise Setup(
            f"the warehouse was set up by a newer delivrd (migration {_listed(newer)} is not known to this one); "
            "install that version again"
        )
    changed = [version for version, state in states.items() if state == STATUS_MD5_MISMATCH]
    if changed:
        raise Setup(
            f"migration {_listed(changed)} in {folder} was changed after it had been applied; "
            "restore the file and make the change in a new one"
        )


def _listed(items: Iterable[object]) -> str:
    return ", ".join(str(item) for item in items)
