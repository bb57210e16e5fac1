"""`delivrd sql`: questions in SQL."""

import sys
import zoneinfo
from typing import Any

import rich_click as click

from delivrd.errors import WRONG, Trouble
from delivrd.options import Place, common
from delivrd.output import working

PEOPLE = "PrettyCompactMonoBlock"
PIPE = "TabSeparated"


@click.command("sql")
@click.argument("query", required=False)
@click.option("--format", "fmt", metavar="FORMAT", help="Any ClickHouse format: CSVWithNames, JSON, Parquet, …")
@common
def command(place: Place, query: str | None, fmt: str | None) -> None:
    """Ask the warehouse as its read-only user: a table on a terminal, TabSeparated in a pipe.

    SHOW TABLES lists the views, DESCRIBE TABLE messages explains the columns of one. Without a QUERY, it is read from
    the standard input.

    Example: [b]delivrd sql "SELECT status, count() FROM messages GROUP BY status"[/b]
    """
    from delivrd.parts import reader

    query = (query if query is not None else sys.stdin.read()).strip().rstrip(";")
    if not query:
        raise Trouble('There is no question; try: delivrd sql "SELECT * FROM messages LIMIT 10"', WRONG)
    warehouse = reader(place.running_settings())
    out = sys.stdout.buffer
    try:
        with working("asking the warehouse"):
            if place.tz.key != "UTC":
                query = _in_zone(_columns_of(warehouse, query), query, place.tz)
            pieces = warehouse.stream(query, fmt or (PEOPLE if sys.stdout.isatty() else PIPE))
            first = next(pieces, b"")
        out.write(first)
        for piece in pieces:
            out.write(piece)
        out.flush()
    finally:
        warehouse.close()


def _columns_of(warehouse: Any, query: str) -> list[tuple[object, ...]]:
    """Name and type of each column; nothing of what is no plain SELECT (SHOW, DESCRIBE, one with its own FORMAT)."""
    from pipeline.warehouse.errors import Setup

    try:
        columns: list[tuple[object, ...]] = warehouse.query(f"DESCRIBE TABLE ({query})")
    except Setup:
        return []
    return columns


def _in_zone(columns: list[tuple[object, ...]], query: str, tz: zoneinfo.ZoneInfo) -> str:
    """The question with its answer's times in another zone, whatever the format."""
    times = [str(name) for name, kind, *_ in columns if "DateTime" in str(kind)]
    if not times:
        return query
    moved = ", ".join(f"toTimeZone(`{name}`, '{tz.key}') AS `{name}`" for name in times)
    return f"SELECT * REPLACE ({moved}) FROM ({query})"  # noqa: S608
