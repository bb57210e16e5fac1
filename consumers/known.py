"""The sources that are configured, or were once: what came of them is kept longer than they stand in the settings."""

from collections.abc import Mapping, Sequence

from pipeline.clock import Clock
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse
from schemas.adapter import Source


def note_sources(warehouse: Warehouse, sources: Mapping[str, Source], clock: Clock) -> None:
    """Remember these, as they are now. Raises the warehouse's errors."""
    former = _former(warehouse)
    new = [one for one in sources.values() if former.get(one.name) != Source(one.name, one.provider, one.region)]
    since = clock()
    columns: dict[str, Sequence[object]] = {
        "source": [one.name for one in new],
        "provider": [one.provider for one in new],
        "region": [one.region for one in new],
        "since": [since] * len(new),
    }
    warehouse.insert("known_sources", columns, token=f"known_sources:{since}")


def known_sources(warehouse: Warehouse, sources: Mapping[str, Source]) -> dict[str, Source]:
    """The present ones, `sources`, and each former one as far as it is remembered. Raises the warehouse's errors.

    What names a fact depends on the provider alone, and what names a person on the region as well.
    """
    return _former(warehouse) | dict(sources)


def region_of(name: str, sources: Mapping[str, Source]) -> str:
    """The region of a source's numbers without a country's code; empty where it is not known."""
    return sources[name].region if name in sources else ""


def _former(warehouse: Warehouse) -> dict[str, Source]:
    rows = warehouse.query(load_sql("consumer/known_sources"))
    return {name: Source(name, provider, region) for name, provider, region in rows}
