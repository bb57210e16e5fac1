"""How long each table keeps its rows, as ClickHouse TTLs.

A TTL counts from the end of the calendar month (UTC) that a row belongs to, so that a month's rows go together: tables
that are split by month drop whole partitions, and nothing is rewritten for a part of one. The sums are dates, which
reach until 2149: with the longest retention (`MOST_DAYS` in the settings) no time that a table can hold goes too early.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from pipeline.sqlfiles import load_sql
from pipeline.warehouse.client import Warehouse

DAY_MS = 86_400_000
MONTH_DAYS = 31
SPARE_DAYS = 2
"""Events stay so much longer than they are kept: until then the last figures of their hours are worked out."""


class Oldest(msgspec.Struct, frozen=True):
    """Since when (UTC, ms) things are kept: the homes of messages, and the arrivals of what cannot be read."""

    home: int
    dead_letter: int


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """For how many days each kind is kept, at least; 0 is for ever.

    `messages` are the messages with all that was told of them, `texts` their texts, `figures` the counts by hour and
    day.
    """

    messages: int
    texts: int
    dead_letters: int
    figures: int

    def oldest(self, now: int) -> Oldest:
        """What is not past its retention at a present time (UTC, ms)."""
        return Oldest(*(now - days * DAY_MS if days else 0 for days in (self.messages, self.dead_letters)))


# By table: the time that its rows are kept from, the kind that they are of, and how much longer they stay. What a
# look-up needs to recognize a repeat, and what tells of records, is kept longer than the events.
RETAINED: Final = {
    "events": ("home", "messages", SPARE_DAYS),
    "messages": ("home", "messages", SPARE_DAYS),
    "recipients": ("home", "messages", SPARE_DAYS),
    "balances": ("home", "messages", 0),
    "devices": ("home", "messages", 0),
    "homes": ("home", "messages", MONTH_DAYS),
    "chunks": ("consumed_at", "messages", MONTH_DAYS),
    "dead_letters": ("received_at", "dead_letters", SPARE_DAYS),
    "hourly": ("start", "figures", 0),
    "daily": ("start", "figures", 0),
}

# Columns that are emptied while their rows stay.
EMPTIED: Final = {("events", "text"): ("home", "texts")}


def apply_retention(warehouse: Warehouse, retention: Retention) -> list[str]:
    """Keep what is said; the names of the tables, and of columns, that had to be altered, in order.

    What is kept shorter now goes at once. Figures that were sealed stay so where messages are kept longer now: of
    their hours, a part may be gone. Raises Retry, Setup.
    """
    altered: dict[str, None] = {}
    for server in warehouse.each():
        altered.update(dict.fromkeys(_retain(server, retention)))
    return list(altered)


def _retain(server: Warehouse, retention: Retention) -> Iterator[str]:
    local = server.servers.local
    kept = {name: (rows, dict(columns)) for name, rows, columns in server.query(_PRESENT, {"database": local})}
    for table, (time, kind, longer) in RETAINED.items():
        wanted = _ttl(time, getattr(retention, kind), longer)
        if kept[table][0] != wanted:
            server.command(f"ALTER TABLE {local}.{table} {f'MODIFY TTL {wanted}' if wanted else 'REMOVE TTL'}")
            yield table
    for (table, column), (time, kind) in EMPTIED.items():
        wanted = _ttl(time, getattr(retention, kind), 0)
        if kept[table][1].get(column, "") != wanted:
            change = f"TTL {wanted}" if wanted else "REMOVE TTL"
            server.command(f"ALTER TABLE {local}.{table} MODIFY COLUMN {column} {change}")
            yield f"{table}.{column}"
    server.command(load_sql("warehouse/keep"), {"database": local, "days": retention.messages})


def _ttl(time: str, days: int, longer: int) -> str:
    """The expression, as the server writes it; empty for ever."""
    return f"toLastDayOfMonth({time}) + toIntervalDay({days + 1 + longer})" if days else ""


_PRESENT = load_sql("warehouse/retention")
