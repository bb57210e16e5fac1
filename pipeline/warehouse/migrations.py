"""Bringing the warehouse's schema up to date: `sql/migrations`, numbered, applied once, checked by checksum.

The files are applied by the library clickhouse-migrations, which keeps what it applied in a table `migrations` beside
those it made. ClickHouse has no transactions for a schema, so a file that was cut off is run again from its start: each
of its statements must be repeatable.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clickhouse_connect.driver import exceptions
from clickhouse_migrations.clickhouse_cluster import ClickhouseCluster
from clickhouse_migrations.exceptions import MigrationException
from clickhouse_migrations.migrator import STATUS_MD5_MISMATCH, STATUS_PENDING, STATUS_UNKNOWN

from pipeline.servers import Servers
from pipeline.sqlfiles import SQL_FOLDER, load_sql
from pipeline.warehouse.client import Warehouse
from pipeline.warehouse.errors import Retry, Setup, translated
from pipeline.warehouse.shards import check_members, spread

BOOKKEEPING = "migrations"

WINDOW = "non_replicated_deduplication_window = 1000"
REPLICATED_WINDOW = "replicated_deduplication_window = 1000, replicated_deduplication_window_seconds = 2592000"
"""How many insert tokens a table remembers. Replicas forget them also by their age, by default after an hour."""

TOKENLESS = ("touched",)
"""Tables that are the better for rows that come twice; they say why."""


def known_migrations(folder: Path = SQL_FOLDER / "migrations") -> list[int]:
    """The numbers of the migrations that this version has, in order."""
    return sorted(int(file.name.partition("_")[0]) for file in folder.glob("*.sql"))


def migrate(warehouse: Warehouse, *, folder: Path = SQL_FOLDER / "migrations") -> list[int]:
    """Apply what has not been applied; the numbers of what was, in order. Nothing to do is no error.

    On a cluster every server is brought up to date, with the tables that lie over the shards. Only one process may run
    it at a time. Raises Setup where the warehouse is newer than this version, where an applied file was changed, or
    where a table keeps no insert tokens; Retry where a server is not there.
    """
    if warehouse.servers.cluster:
        check_members(warehouse)
    applied: set[int] = set()
    for server in warehouse.each():
        applied.update(_migrate_server(server, folder))
    if warehouse.servers.cluster:
        # Not before all have the new columns: what one server's Distributed table sends, every other one must take.
        for server in warehouse.each():
            spread(server, warehouse.servers.cluster, BOOKKEEPING)
    return sorted(applied)


def check_current(warehouse: Warehouse, *, folder: Path = SQL_FOLDER / "migrations") -> None:
    """Raises Setup, which says what to do, where `migrate` has something to do or would refuse; Retry as it does.

    For the processes of a cluster: they are many, and only one may migrate. A server that is away is passed over where
    another one answers, so that they can start without it: it was migrated with the others.
    """
    away: list[Retry] = []
    for server in warehouse.each():
        try:
            _check_server(server, folder)
        except Retry as error:
            away.append(error)
    if len(away) == len(warehouse.servers.hosts):
        raise away[0]


def _check_server(server: Warehouse, folder: Path) -> None:
    with _failures():
        pending = _check_history(_library(server), server.servers.local, folder)
    if pending:
        raise Setup(f"the warehouse lacks migration {_listed(pending)}; run `delivrd migrate` once")
    check_windows(server)


def _migrate_server(server: Warehouse, folder: Path) -> list[int]:
    servers, library = server.servers, _library(server)
    with _failures():
        _check_history(library, servers.local, folder)
        applied = library.migrate(servers.local, folder, variables=variables(servers))
    check_windows(server)
    return [migration.version for migration in applied]


def _library(server: Warehouse) -> ClickhouseCluster:
    servers = server.servers
    [(host, port)] = servers.hosts
    return ClickhouseCluster(
        db_host=host,
        db_port=str(port),
        db_user=server.user,
        db_password=server.password,
        secure=servers.secure,
        ca_cert=servers.ca_file or None,
        driver="clickhouse-connect",
        migrations_table=BOOKKEEPING,
    )


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except exceptions.Error as error:
        raise translated(error) from None
    except MigrationException as error:
        raise Setup(f"the warehouse's schema cannot be brought up to date: {error}") from None


def variables(servers: Servers) -> dict[str, str]:
    """What stands for `${NAME}` in a migration."""
    replicated = servers.replicated
    replica = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'" if replicated else ""
    return {
        "STORE": servers.store,
        "LOCAL": servers.local,
        "PUBLIC": servers.public,
        "REPLICATED": "Replicated" if replicated else "",
        "REPLICA": replica,
        "REPLICA_AND": f"{replica}, " if replicated else "",
        "WINDOW": REPLICATED_WINDOW if replicated else WINDOW,
    }


def check_windows(server: Warehouse) -> None:
    """Raises Setup where a table keeps no window of insert tokens: a repeated insert would double there."""
    database = server.servers.local
    engines = server.query(load_sql("warehouse/engines"), {"database": database, "except": BOOKKEEPING})
    without = [name for name, engine in engines if name not in TOKENLESS and not _has_window(engine)]
    if without:
        raise Setup(
            f"{_listed(without)} in {database} would count an insert twice that is tried again; set {WINDOW} there"
        )


def _has_window(engine: str) -> bool:
    if engine.startswith("Replicated"):
        return not re.search(r"\breplicated_deduplication_window = 0\b", engine)
    return re.search(r"\bnon_replicated_deduplication_window = [1-9]", engine) is not None


def _check_history(library: ClickhouseCluster, database: str, folder: Path) -> list[int]:
    """The migrations that were not applied yet. Raises Setup where those that were are not the ones in `folder`."""
    states = {row.version: row.state for row in library.status(database, folder)}
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
    return [version for version, state in states.items() if state == STATUS_PENDING]


def _listed(items: Iterable[object]) -> str:
    return ", ".join(str(item) for item in items)
