"""Consumers that are to stand still, on a cluster, where nobody can tell them to: those that begin look for it.

Who exchanges rows announces it first and then waits until the consumers' group is empty; a consumer looks for it when
it is in the group. So one of the two sees the other.
"""

from pipeline.servers import BESIDE
from pipeline.sqlfiles import load_sql
from pipeline.warehouse.beside import begun
from pipeline.warehouse.client import Warehouse
from pipeline.warehouse.errors import Retry, WarehouseError

_TABLE = "standstill"


def announce(warehouse: Warehouse) -> None:
    """From now on nobody begins. Goes with the tables beside. Raises Retry, Setup."""
    for server in warehouse.each():
        table = f"{_beside(server)}.{_TABLE}"
        server.command(f"CREATE TABLE IF NOT EXISTS {table} (since DateTime) ENGINE = MergeTree ORDER BY tuple()")


def withdraw(warehouse: Warehouse) -> None:
    """Consumers may begin; where rows are half exchanged, when that is finished.

    Raises Retry, Setup when it is withdrawn from every server that can be reached.
    """
    if _is_decided(warehouse):
        return
    failures: list[WarehouseError] = []
    for server in warehouse.each():
        try:
            if _is_announced(server):
                server.command(f"DROP TABLE {_beside(server)}.{_TABLE} SYNC")
        except WarehouseError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def check_may_begin(warehouse: Warehouse) -> None:
    """Raises Retry where it was announced; also as `Warehouse.query`. Any of the servers knows."""
    if _is_announced(warehouse):
        if _is_decided(warehouse):
            raise Retry(
                "a rebuild exchanges rows; consuming goes on when that is done (where it was cut off, "
                "`delivrd migrate` finishes it)"
            )
        raise Retry(
            "a rebuild is about to exchange rows; consuming goes on when `delivrd rebuild --all` has come to its end "
            "(where it was killed, run it again)"
        )


def _is_decided(warehouse: Warehouse) -> bool:
    work = begun(warehouse)
    return work is not None and work.state == "decided"


def _is_announced(server: Warehouse) -> bool:
    asked = {"database": _beside(server), "table": _TABLE}
    return server.query(load_sql("rebuild/exists"), asked) != [(0,)]


def _beside(server: Warehouse) -> str:
    return server.servers.local + BESIDE
