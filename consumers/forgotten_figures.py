"""The figures by hour and day name nobody, but for a provider's words and an example of those that failed.

Where these name a number, the figures of the whole day are written again in other words, as a new version, also of a
day that is sealed; then the older versions go.
"""

from collections.abc import Mapping

from consumers.known import region_of
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse
from pipeline.warehouse.rollups import DAYS, HOURS, let_pass, work_out_days
from schemas.adapter import Source
from schemas.forgotten import Forgotten
from schemas.spoken import pattern_of


def forget_figures(warehouse: Warehouse, number: str, forgotten: Forgotten, sources: Mapping[str, Source]) -> int:
    """How many days were written again, once no message names the number. Raises Retry, Setup."""
    let_pass(warehouse, HOURS)
    return sum(_reword(warehouse, server, number, forgotten, sources) for server in warehouse.each())


def _reword(
    warehouse: Warehouse, server: Warehouse, number: str, forgotten: Forgotten, sources: Mapping[str, Source]
) -> int:
    place: dict[str, object] = {"database": server.servers.local}
    asked = {"asked": ("pattern String", ([pattern_of(number)],))}
    words: dict[str, str] = {}
    days = set()
    for day, source, word in server.query(load_sql("forget/find_words"), place, asked):
        cleared = forgotten.clear(word, region_of(source, sources))
        if cleared != word:
            words[word] = cleared
            days.add(day)
    if not days:
        return 0
    [(version,)] = server.query(load_sql("forget/version"), place)
    place |= {"days": sorted(days), "version": version}
    server.command(
        load_sql("forget/hourly"), place, {"words": ("old String, new String", (list(words), list(words.values())))}
    )
    let_pass(warehouse, DAYS)
    work_out_days(server)
    for table in ("hourly", "daily"):
        server.command(load_sql("forget/figures_drop"), place | {"table": table})
    return len(days)
