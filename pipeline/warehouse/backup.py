"""The warehouse's own backup: all of its databases on its disk `backups`, written and read by the server itself.

The server takes its tables one after the other while inserts go on: what is inserted meanwhile may be in some of them
and not in others. Whoever restores reads the event log again from where it stood before the backup began.
"""

import time

from pipeline.sqlfiles import load_sql
from pipeline.warehouse.client import Warehouse
from pipeline.warehouse.errors import Setup

_PAUSE_SECONDS = 0.1


def back_up(warehouse: Warehouse, name: str) -> None:
    """Write everything into the backup `name` (letters, digits, hyphens), which is new. Raises Retry, Setup."""
    _run(warehouse, "warehouse/backup", name)


def restore(warehouse: Warehouse, name: str) -> None:
    """Bring back what the backup `name` holds, into a server without the product's databases. Raises Retry, Setup."""
    for server in warehouse.each():
        _run(server, "warehouse/restore", name)


def _run(warehouse: Warehouse, statement: str, name: str) -> None:
    """In the background of the server: the statement may take longer than a connection waits for an answer."""
    [(number, _)] = warehouse.query(load_sql(statement).replace("{name}", name))
    while True:
        [(status, error)] = warehouse.query(load_sql("warehouse/backup_stands"), {"id": number})
        if status in ("BACKUP_CREATED", "RESTORED"):
            return
        if status not in ("CREATING_BACKUP", "RESTORING"):
            words = str(error).partition("DB::Exception: ")[2].partition(", Stack trace")[0] or status
            raise Setup(" ".join(words.split()))
        time.sleep(_PAUSE_SECONDS)
