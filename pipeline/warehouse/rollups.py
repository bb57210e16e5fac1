"""The figures by hour and by day, which the warehouse works out by itself: `sql/migrations/0005_rollups.sql`.

What stands here is for a rebuild, which has all of them worked out anew.
"""

import time
from collections.abc import Iterator

from pipeline.sqlfiles import load_sql
from pipeline.warehouse.client import Warehouse

HOURS, DAYS = "roll_hourly", "roll_daily"
"""The views that work them out, one after the other."""

_PAUSE_SECONDS = 0.05


def rebuild(warehouse: Warehouse) -> Iterator[int]:
    """Work out every hour and day anew from its messages, but for what is sealed.

    Yields how many hours are left, at first all of them. Readers see the old figures of an hour until its new ones are
    there. Raises Retry, Setup.
    """
    yield from _work_out(warehouse, "touch")


def settle(warehouse: Warehouse) -> None:
    """Work out what waits for it, and come back when it is there. Raises Retry, Setup."""
    for _ in _work_out(warehouse, "urge"):
        pass


def _work_out(warehouse: Warehouse, which: str) -> Iterator[int]:
    for server in warehouse.each():
        server.command(load_sql(f"rollups/{which}"), _database(server))
    while waiting := _waiting(warehouse, "rollups/waiting"):
        yield waiting
        refresh(warehouse, HOURS)
    work_out_days(warehouse)
    yield 0


def work_out_days(warehouse: Warehouse) -> None:
    """Bring all days up to what their hours say: a run of the view takes a few. Raises Retry, Setup."""
    while _waiting(warehouse, "rollups/waiting_days"):
        refresh(warehouse, DAYS)


def let_pass(warehouse: Warehouse, view: str) -> None:
    """Comes back when no run of a view is under way any more that began before. Raises Retry, Setup."""
    for server in warehouse.each():
        place = _database(server) | {"view": view}
        begun = server.query(load_sql("rollups/running"), place)
        while begun and server.query(load_sql("rollups/running"), place) == begun:
            time.sleep(_PAUSE_SECONDS)


def refresh(warehouse: Warehouse, view: str) -> None:
    """Have a view work now on each server, and wait for it. Raises Retry, Setup; also where it failed."""
    for server in warehouse.each():
        for order in ("REFRESH", "WAIT"):
            server.command(f"SYSTEM {order} VIEW {server.servers.local}.{view}")


def _waiting(warehouse: Warehouse, counted_by: str) -> int:
    counts = [server.query(load_sql(counted_by), _database(server)) for server in warehouse.each()]
    return sum(int(count) for [(count,)] in counts)


def _database(server: Warehouse) -> dict[str, str]:
    return {"database": server.servers.local}
