"""The storage over two shards: where its rows lie, and that a token is taken once on each."""

import shutil
from pathlib import Path

import pytest

from pipeline.servers import LOCAL, STORE, Servers
from pipeline.sqlfiles import SQL_FOLDER
from pipeline.warehouse import Setup, Warehouse
from pipeline.warehouse.migrations import migrate
from pipeline.warehouse.shards import SHARDED_BY
from tests.services import WRITER_PASSWORD
from tests.shards import Shards, new_shards
from tests.warehouse.test_inserting import FILLED, block, rows


def test_every_table_has_its_place_on_a_cluster(warehouse: Warehouse) -> None:
    tables = warehouse.query(
        "SELECT name FROM system.tables "
        "WHERE database = currentDatabase() AND engine != 'MaterializedView' AND name != 'migrations'"
    )
    assert {name for (name,) in tables} == set(SHARDED_BY)


@pytest.mark.parametrize(
    ("named", "cluster", "message"),
    [(1, "pair", "has 2 servers on .* names 1"), (2, "other", "knows no cluster other")],
)
def test_a_cluster_that_the_settings_do_not_name_whole_is_refused(
    shards: Shards, named: int, cluster: str, message: str
) -> None:
    servers = Servers(shards.servers.hosts[:named], cluster)
    warehouse = Warehouse(servers, "writer", WRITER_PASSWORD, STORE)
    with pytest.raises(Setup, match=message):
        migrate(warehouse)


def test_a_second_migration_does_nothing(shards: Shards) -> None:
    def made() -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        for server in writer.each():
            rows += server.query(
                "SELECT name, uuid FROM system.tables WHERE database = {store:String} ORDER BY name", {"store": STORE}
            )
        return rows

    writer = shards.writer()
    before = made()
    assert {name for name, _ in before} == set(SHARDED_BY)
    assert migrate(writer) == []
    assert made() == before


def test_a_column_that_a_migration_adds_is_over_all_shards(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SQL_FOLDER / "migrations", tmp_path / "migrations"))
    pair = new_shards(tmp_path)
    writer = pair.writer()
    try:
        migrate(writer)
        (folder / "9000_more.sql").write_text("ALTER TABLE ${LOCAL}.readings ADD COLUMN IF NOT EXISTS note String;\n")
        assert migrate(writer, folder=folder) == [9000]
        writer.insert("readings", {"reading": [1, 2], "note": ["n", "m"]}, "one")
        assert writer.query("SELECT reading, note FROM readings ORDER BY reading") == [(1, "n"), (2, "m")]
        (folder / "9001_nowhere.sql").write_text(
            "CREATE TABLE ${LOCAL}.nowhere (a UInt64) ENGINE = ${REPLICATED}MergeTree(${REPLICA}) ORDER BY a "
            "SETTINGS ${WINDOW};\n"
        )
        with pytest.raises(Setup, match="nowhere lie over shards"):
            migrate(writer, folder=folder)
    finally:
        writer.close()
        pair.kill()


def test_a_block_is_one_on_each_shard_and_a_token_is_taken_once(sharded: Warehouse) -> None:
    columns = block(20_000, "x" * 300)
    for token in ("one", "one", "two"):
        sharded.insert("events", columns, token)
    assert rows(sharded) == dict.fromkeys(FILLED, 40_000)
    total = 0
    for server in sharded.each():
        parts = server.query(
            "SELECT table, groupArray(rows) FROM system.parts WHERE database = {local:String} "
            "AND table IN {tables:Array(String)} AND rows > 0 GROUP BY table ORDER BY table",
            {"local": LOCAL, "tables": list(FILLED)},
        )
        assert [table for table, _ in parts] == list(FILLED)
        for _, sizes in parts:
            assert sizes == [sizes[0]] * 2
        total += parts[0][1][0]
    assert total == 20_000


def test_a_token_is_taken_once_whichever_server_is_asked(sharded: Warehouse, shards: Shards) -> None:
    columns = block(1_000)
    for hosts in (shards.servers.hosts, shards.servers.hosts[::-1]):
        other = Warehouse(Servers(hosts, shards.servers.cluster), sharded.user, sharded.password, STORE)
        other.insert("events", columns, "one")
        other.close()
    assert rows(sharded) == dict.fromkeys(FILLED, 1_000)


def test_all_of_a_message_is_on_one_shard(sharded: Warehouse) -> None:
    columns = block(1_000)
    sharded.insert("events", columns, "one")
    homes = {"id_hash": [], "message": columns["message"], "home": columns["home"]}
    homes["id_hash"] = [row for (row,) in sharded.query("SELECT xxh3(message_id) FROM events ORDER BY log_offset")]
    sharded.insert("homes", homes, "one")
    of_shards = []
    for server in sharded.each():
        messages = {
            table: {message for (message,) in server.query(f"SELECT message FROM {LOCAL}.{table}")}
            for table in (*FILLED, "homes")
        }
        assert len({frozenset(found) for found in messages.values()}) == 1
        of_shards.append(messages["homes"])
    assert not of_shards[0] & of_shards[1]
    assert sum(map(len, of_shards)) == 1_000


@pytest.mark.parametrize("table", ["events", "delivrd.events", "delivrd.messages"])
def test_what_is_looked_up_is_found_on_every_shard(sharded: Warehouse, shards: Shards, table: str) -> None:
    numbers = block(1_000)["recipient"]
    sharded.insert("events", {**block(1_000), "sender": numbers[::-1]}, "one")
    question = f"SELECT count() FROM {table} WHERE recipient IN (SELECT sender FROM {table} WHERE message_id < '05')"
    half = sum(f"0{number}" < "05" for number in range(1_000))
    assert sharded.query(question) == [(half,)]
