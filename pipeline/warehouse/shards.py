"""How the storage's tables lie over the shards of a cluster: a Distributed table in the store over each local one.

All of a message is on the shard of its id's hash, so that its facts meet where they are stored, and a look-up by
id asks one shard. A shard is the hash modulo the number of shards: their number and order are fixed with the first row.
"""

from collections.abc import Mapping
from typing import Final

from pipeline.sqlfiles import load_sql
from pipeline.warehouse.client import Warehouse
from pipeline.warehouse.errors import Setup

SHARDED_BY: Final[Mapping[str, str]] = {
    "homes": "id_hash",
    "events": "xxh3(message_id)",
    "events_trial": "xxh3(message_id)",
    "messages": "xxh3(message_id)",
    # Filled by a view on the shard of the message, of which it has no id: no shard can be told from its columns.
    "recipients": "rand()",
    "balances": "rand()",
    "devices": "rand()",
    "dead_letters": "toUInt64(id)",
    "chunks": "xxh3(log, log_partition)",
    "readings": "reading",
    "forgotten": "toUInt64(number_hash)",
    "heard": "xxh3(source)",
    "known_sources": "xxh3(source)",
    # Each shard works out its own.
    "touched": "rand()",
    "kept": "rand()",
    "sealed": "rand()",
    "hourly": "rand()",
    "daily": "rand()",
    "alerts": "xxh3(id)",
    "alert_notes": "xxh3(id)",
    "alert_progress": "xxh3(name)",
    "alert_mutes": "xxh3(what)",
    "alert_acknowledged": "xxh3(id)",
    "alert_leads": "xxh3(name)",
    "alert_learned": "xxh3(scope)",
    "states": "xxh3(message_id)",
    "newest_hourly": "rand()",
    "newest_daily": "rand()",
}
"""The UInt64 that says which shard a row belongs to; `rand()` where rows are never inserted over the shards."""


def check_members(warehouse: Warehouse) -> None:
    """Raises Setup where the settings name other servers than the cluster has: some would be without the tables."""
    servers = warehouse.servers
    for server in warehouse.each():
        [(members,)] = server.query(load_sql("warehouse/members"), {"cluster": servers.cluster})
        [(host, port)] = server.servers.hosts
        if members == 0:
            raise Setup(f"{host}:{port} knows no cluster {servers.cluster}; it stands in the server's remote_servers")
        if members != len(servers.hosts):
            raise Setup(
                f"the cluster {servers.cluster} has {members} servers on {host}:{port}, and warehouse.url names "
                f"{len(servers.hosts)}; name each of them, so that all get the tables"
            )


def spread(server: Warehouse, cluster: str, bookkeeping: str) -> None:
    """Make the store's Distributed tables on this server, anew where the local table has other columns now.

    Raises Setup where a table has no place in SHARDED_BY, Retry.
    """
    local, store = server.servers.local, server.servers.store
    wanted = _tables(server, local, bookkeeping)
    without = wanted.keys() - SHARDED_BY
    if without:
        raise Setup(f"it is not said how {', '.join(sorted(without))} lie over shards (SHARDED_BY in {__name__})")
    present = _tables(server, store, bookkeeping)
    for table, (_, columns) in wanted.items():
        engine = f"Distributed('{cluster}', '{local}', '{table}', {SHARDED_BY[table]})"
        if present.get(table) != (engine, columns):
            server.command(f"CREATE OR REPLACE TABLE {store}.{table} AS {local}.{table} ENGINE = {engine}")


def _tables(server: Warehouse, database: str, bookkeeping: str) -> dict[str, tuple[str, object]]:
    rows = server.query(load_sql("warehouse/columns"), {"database": database, "except": bookkeeping})
    return {name: (engine, columns) for name, engine, columns in rows}
