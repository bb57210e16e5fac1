"""Traffic, made inside the engine, and worked out by hour and day."""

from collections.abc import Callable
from pathlib import Path

from pipeline.warehouse import Warehouse
from pipeline.warehouse.rollups import rebuild

STEP = 100_000
DAYS = 30
END = "2026-01-31 00:00:00"
"""Where the traffic ends; what is asked for counts back from there."""

_FOLDER = Path(__file__).parent
_SETTINGS = "SETTINGS max_insert_threads = 1, min_insert_block_size_rows = 1048576, optimize_on_insert = 0"


def fill(warehouse: Warehouse, messages: int, advance: Callable[[int], None]) -> None:
    """`messages` of them, with all that is told of each, in the order in which they were sent."""
    sql = (_FOLDER / "traffic.sql").read_text(encoding="utf-8")
    homes = (_FOLDER / "homes.sql").read_text(encoding="utf-8")
    for first in range(0, messages, STEP):
        count = min(STEP, messages - first)
        asked = {"first": first, "count": count, "total": messages, "days": DAYS, "end": END}
        warehouse.command(f"{sql}\n{_SETTINGS}", asked)
        advance(count)
    for day in range(DAYS + 1):
        warehouse.command(homes, {"end": END, "day": day})
    for _ in rebuild(warehouse):
        pass
