"""Tables made anew beside those that serve, and the exchange of their rows.

The exchange replaces partitions and leaves the tables where they are: views hang on them, and a replicated table,
whose path in Keeper holds its name, cannot be renamed. Each step can be done twice; that it is to be done is noted
before the first one, so that whoever comes next finishes what was cut off.
"""

import contextlib
import time
from collections.abc import Collection, Sequence
from typing import Literal
from uuid import UUID

import msgspec

from pipeline.servers import BESIDE
from pipeline.sqlfiles import load_sql
from pipeline.warehouse.client import External, Warehouse
from pipeline.warehouse.errors import Retry
from pipeline.warehouse.retention import Retention, apply_retention
from pipeline.warehouse.rollups import DAYS, HOURS

REBUILT = (
    "homes", "events", "messages", "recipients", "balances", "devices", "dead_letters", "chunks", "touched", "hourly",
    "daily",
)  # fmt: skip
"""The tables that records come to."""
NEEDED = ("readings", "forgotten", "known_sources")
"""Those that reading depends on, and no record tells: copied."""
UNTOUCHED = (
    "heard", "kept", "alerts", "alert_notes", "alert_progress", "alert_mutes", "alert_acknowledged", "alert_leads",
    "alert_learned",
)  # fmt: skip
"""All others: they stay what they are."""

Held = Sequence[tuple[str, int, int, int]]
"""Records that can be read: log id, partition, first and last offset."""


class Begun(msgspec.Struct, frozen=True):
    """A rebuild: the way of reading that it is made for (a digest), and the time (ms) before which nothing is kept.

    Once it is `decided` its rows are to replace the others; when it is `over` nothing of it is needed any more.
    """

    digest: str
    boundary: int
    state: Literal["begun", "decided", "over"] = "begun"


STATES = ("begun", "decided", "over")


def beside(warehouse: Warehouse) -> Warehouse:
    """A way to the tables that stand beside those of `warehouse`."""
    servers = msgspec.structs.replace(warehouse.servers, beside=BESIDE)
    return Warehouse(servers, warehouse.user, warehouse.password, servers.store)


def begun(warehouse: Warehouse) -> Begun | None:
    """The rebuild that something is left of; None without one. Each server has a word of it: the furthest counts.

    Raises Setup, and Retry where no server answers.
    """
    found: list[Begun] = []
    away: list[Retry] = []
    for server in warehouse.each():
        try:
            found += _word(server)
        except Retry as error:
            away.append(error)
    if len(away) == len(warehouse.servers.hosts):
        raise away[0]
    furthest = max(found, key=lambda one: STATES.index(one.state), default=None)
    if furthest and furthest.state == "begun" and len(found) + len(away) < len(warehouse.servers.hosts):
        return None  # cut off while it began
    return furthest


def _word(server: Warehouse) -> list[Begun]:
    database = {"database": _new(server)}
    if server.query(load_sql("rebuild/exists"), database | {"table": "rebuild"}) == [(0,)]:
        return []
    return [
        Begun(digest, boundary, state) for state, digest, boundary in server.query(load_sql("rebuild/begun"), database)
    ]


def lost(warehouse: Warehouse, held: Held, boundary: int) -> tuple[int, int]:
    """How many facts since `boundary` (ms) records that are not `held` told, and when (ms) the oldest of them came."""
    [(count, oldest)] = warehouse.query(load_sql("rebuild/lost"), {"boundary": boundary}, _sent(held))
    return int(count), int(oldest)


def unknown_sources(warehouse: Warehouse, known: Collection[str], boundary: int) -> list[str]:
    """The sources of facts since `boundary` (ms) that are not `known`."""
    asked = {"boundary": boundary, "known": list(known)}
    return [source for (source,) in warehouse.query(load_sql("rebuild/unknown"), asked)]


def begin(warehouse: Warehouse, work: Begun, held: Held, retention: Retention) -> None:
    """Make the tables beside, empty but for what no record of those that are `held` tells. Raises Retry, Setup."""
    # It takes long to load, and those who only look whether there is something to finish do not need it.
    from pipeline.warehouse.migrations import migrate

    drop(warehouse)
    with contextlib.closing(beside(warehouse)) as new:
        migrate(new)
        apply_retention(new, retention)
    for server in warehouse.each():
        names = {"old": server.servers.local, "new": _new(server)}
        _fetch(server, names["new"])
        # However long it takes, every hour is worked out that its messages come to, but for what was sealed before.
        server.command(f"TRUNCATE TABLE {names['new']}.kept")
        server.command(load_sql("rebuild/carry_sealed"), names)
        for table in NEEDED:
            server.command(load_sql("rebuild/copy"), {**names, "table": table})
        for carried in ("homes", "hourly"):
            server.command(load_sql(f"rebuild/carry_{carried}"), {**names, "boundary": work.boundary})
        server.query(load_sql("rebuild/carry_letters"), names, _sent(held))
    for server in warehouse.each():
        values = {"database": _new(server), "digest": work.digest, "boundary": work.boundary}
        server.command(load_sql("rebuild/mark"), values)


def is_heedful(warehouse: Warehouse) -> bool:
    """Whether all who are to be forgotten were known to what is beside when it began. Raises Retry, Setup."""
    return all(
        server.query(load_sql("rebuild/not_heeded"), {"old": server.servers.local, "new": _new(server)}) == [(0,)]
        for server in warehouse.each()
    )


def exchange(warehouse: Warehouse) -> None:
    """Have the rows beside take the place of those that serve. Nobody may insert meanwhile. Raises Retry, Setup.

    Readers see the one or the other, table by table; all is done within a second or two.
    """
    _note(warehouse, "decided")
    finish(warehouse)


def finish(warehouse: Warehouse) -> None:
    """Finish what was decided, and leave nothing of what is over. One at a time may. Raises Retry, Setup."""
    work = begun(warehouse)
    if work and work.state == "decided":
        for server in warehouse.each():
            _exchange(server)
    if work and work.state != "begun":
        drop(warehouse)


def drop(warehouse: Warehouse) -> None:
    """Leave nothing beside. Raises Retry, Setup."""
    if begun(warehouse):
        _note(warehouse, "over")
    for server in warehouse.each():
        beside = msgspec.structs.replace(server.servers, beside=BESIDE)
        for database in dict.fromkeys((beside.public, beside.store, beside.local)):
            server.command(f"DROP DATABASE IF EXISTS {database} SYNC SETTINGS max_table_size_to_drop = 0")


def _note(warehouse: Warehouse, state: str) -> None:
    for server in warehouse.each():
        if _word(server):
            server.command(load_sql("rebuild/note"), {"database": _new(server), "state": state})


def _exchange(server: Warehouse) -> None:
    old, new = server.servers.local, _new(server)
    _fetch(server, new)
    for view in (HOURS, DAYS):
        for database in (old, new):
            _stop(server, database, view)
    for table in REBUILT:
        names = {"old": old, "new": new, "table": table}
        for partition, is_there in server.query(load_sql("rebuild/partitions"), names):
            change = f"REPLACE PARTITION ID '{partition}' FROM {new}.{table}"
            if not is_there:
                change = f"DROP PARTITION ID '{partition}'"
            server.command(f"ALTER TABLE {old}.{table} {change}")
    _fetch(server, old)
    for view in (HOURS, DAYS):
        server.command(f"SYSTEM START VIEW {old}.{view}")


def _fetch(server: Warehouse, database: str) -> None:
    """Have on a replica what was written to the others: an insert waits for most of them, not for all."""
    if server.servers.replicated:
        for table in REBUILT:
            server.command(f"SYSTEM SYNC REPLICA {database}.{table} LIGHTWEIGHT")


def _stop(server: Warehouse, database: str, view: str) -> None:
    """A view that works by the clock writes nothing any more when this returns."""
    server.command(f"SYSTEM STOP VIEW {database}.{view}")
    running = "SELECT count() FROM system.view_refreshes WHERE database = {database:String} AND status = 'Running'"
    while server.query(running, {"database": database}) != [(0,)]:
        time.sleep(0.05)


def _new(server: Warehouse) -> str:
    return server.servers.local + BESIDE


def _sent(held: Held) -> External:
    columns = list(zip(*held, strict=True)) or [(), (), (), ()]
    logs = [UUID(log_id) for log_id in columns[0]]
    return {"held": ("log UUID, partition UInt16, first UInt64, last UInt64", (logs, *columns[1:]))}
