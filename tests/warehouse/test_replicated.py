"""Replicated tables, as far as a server without a Keeper goes: it takes their definitions, and no rows."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest

from pipeline.servers import BESIDE, LOCAL, PUBLIC, STORE, Servers, on_this_machine
from pipeline.sqlfiles import SQL_FOLDER, load_sql
from pipeline.warehouse import Retry, Setup, Warehouse
from pipeline.warehouse.beside import REBUILT, _exchange
from pipeline.warehouse.migrations import migrate, variables
from tests.services import WRITER_PASSWORD, Engine, new_engine

PLACE = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'"
_CREATED = re.compile(r"CREATE TABLE IF NOT EXISTS \$\{LOCAL\}\.(\w+)\n(\(.*?)(?=;\n)", re.DOTALL)


@pytest.fixture(scope="module")
def keeperless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine that is a replica by its macros, and has no Keeper."""
    engine = new_engine(tmp_path_factory.mktemp("replica"))
    config = engine.folder / "config.xml"
    member = f"<shard><replica><host>127.0.0.1</host><port>{engine.tcp_port}</port></replica></shard>"
    macros = (
        f"<macros><shard>1</shard><replica>a</replica></macros><remote_servers><main>{member}</main></remote_servers>"
    )
    config.write_text(config.read_text().replace("</clickhouse>", f"{macros}</clickhouse>"))
    users = engine.folder / "users.xml"
    users.write_text(users.read_text().replace(f"GRANT ALL ON {PUBLIC}.*", f"GRANT ALL ON {LOCAL}.*"))
    engine.start()
    yield engine
    engine.kill()


@pytest.fixture
def writer(keeperless: Engine) -> Iterator[Warehouse]:
    opened = Warehouse(on_this_machine(keeperless.http_port), "writer", WRITER_PASSWORD, "default")
    yield opened
    opened.close()


def definitions() -> dict[str, str]:
    """What stands in the migrations behind the name of each table, as `replicated=1` has it."""
    servers = Servers((("h", 1),), cluster="main", replicated=True)
    found: dict[str, str] = {}
    for path in sorted((SQL_FOLDER / "migrations").glob("*.sql")):
        text = path.read_text()
        for name, value in variables(servers).items():
            if name != "LOCAL":
                text = text.replace("${" + name + "}", value)
        found |= dict(_CREATED.findall(text))
    return found


def test_every_definition_of_a_table_is_taken(writer: Warehouse) -> None:
    writer.command(f"CREATE DATABASE IF NOT EXISTS {STORE}")
    tables = definitions()
    assert {"homes", "events", "messages", "dead_letters", "chunks"} <= set(tables)
    # A server that finds the table on its disk at its start takes it without its Keeper; one that makes it does not.
    for number, (table, definition) in enumerate(tables.items(), 1):
        writer.command(f"ATTACH TABLE {STORE}.{table} UUID '{UUID(int=number)}' {definition}")
    engines = writer.query(
        "SELECT name, engine_full FROM system.tables WHERE database = {store:String}", {"store": STORE}
    )
    assert {name for name, _ in engines} == set(tables)
    for name, engine in engines:
        assert re.match(rf"Replicated\w+MergeTree\({re.escape(PLACE)}", engine)
        assert name == "touched" or "replicated_deduplication_window = 1000" in engine
    with pytest.raises(Retry, match="not initialized"):
        writer.insert(f"{STORE}.homes", {"id_hash": [1], "message": [1], "home": [1]}, "one")


def test_a_replica_has_all_rows_before_they_are_exchanged_and_after(
    writer: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def answer(_: Warehouse, sql: str, *__: object) -> list[tuple[object, ...]]:
        return [("202601", 1)] if sql == load_sql("rebuild/partitions") else [(0,)]

    with monkeypatch.context() as unasked:
        unasked.setattr(Warehouse, "command", lambda _, sql: said.append(sql))
        unasked.setattr(Warehouse, "query", answer)
        _exchange(Warehouse(Servers((("h", 1),), cluster="main", replicated=True), "u", "p"))
    exchanged = [number for number, sql in enumerate(said) if sql.startswith("ALTER")]
    fetched = [
        [f"SYSTEM SYNC REPLICA {name}.{table} LIGHTWEIGHT" for table in REBUILT] for name in (LOCAL + BESIDE, LOCAL)
    ]
    assert set(fetched[0]) <= set(said[: exchanged[0]])
    assert set(fetched[1]) <= set(said[exchanged[-1] :])
    # The server knows the statement, and has no such tables.
    with pytest.raises(Setup, match=LOCAL):
        writer.command(f"SYSTEM SYNC REPLICA {LOCAL}.events LIGHTWEIGHT")


def test_without_a_keeper_it_is_said(writer: Warehouse) -> None:
    servers = Servers(writer.servers.hosts, cluster="main", replicated=True)
    replicated = Warehouse(servers, writer.user, writer.password, "default")
    with pytest.raises(Setup, match="ZooKeeper"):
        migrate(replicated)
    replicated.close()
