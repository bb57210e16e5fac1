"""What is known of a message, asked by its id or by a number as people write it."""

from collections.abc import Iterator, Sequence

from consumers.explain import Explanation, explain
from consumers.normalize import Position
from delivrd.parts import sources_of
from pipeline.event_log import EventLog
from pipeline.log import Entry
from pipeline.settings import Settings
from pipeline.warehouse import Warehouse
from schemas.numbers import lookup
from schemas.providers import adapters


def explained(
    settings: Settings, store: Warehouse, log: EventLog, asked: str, limit: int, offset: int = 0
) -> list[Explanation]:
    """The messages of an id, else of a number, newest first. Raises the warehouse's errors, and the log's."""

    def entries(keys: set[str], since: int) -> Iterator[tuple[Position, Entry]]:
        for part in log.stats():
            for entry in log.records(part.partition, keys=keys, since_ms=since):
                yield Position(part.log_id, part.partition, entry.offset), entry

    sources = sources_of(settings)
    for spelling in _spellings(asked.strip(), [source.region for source in sources.values()]):
        found = explain(store, spelling, entries, sources, adapters, limit, offset)
        if found:
            return found
    return []


def _spellings(asked: str, regions: Sequence[str]) -> list[str]:
    """As it stands, and the numbers that it may mean: with its country code, or in a country that a source is in."""
    numbers = [lookup(asked, region).e164 for region in ("", *regions)]
    return list(dict.fromkeys([asked, *(number for number in numbers if number.startswith("+"))]))
