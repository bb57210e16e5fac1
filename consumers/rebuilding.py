"""All that is kept, read into tables that stand beside those that serve."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from consumers.guard import Guard
from consumers.lane import Limits, Reading, chunk_of
from consumers.store import Store
from pipeline.archive.history import History
from pipeline.archive.listing import Partition
from pipeline.log import Entry
from pipeline.sqlite_log.writer import size_of

LIMITS = Limits()


def ends_of(history: History) -> Mapping[Partition, int]:
    """Up to where there is something to read: what was consumed of the present log, and all of former ones."""
    committed = {(part.log_id, part.partition): part.committed for part in history.parts}
    return {one: committed.get(one, history.end(one)) for one in history.partitions}


def remaining(history: History, store: Store, ends: Mapping[Partition, int]) -> int:
    """How many records are yet to be read."""
    return sum(history.count(one, store.stored_until(*one), end) for one, end in ends.items())


def catch_up(
    history: History, store: Store, ends: Mapping[Partition, int], reading: Reading, limits: Limits = LIMITS
) -> Iterator[int]:
    """Read what is missing before `ends`; yields how many records each chunk had.

    What is there already is known by its chunks, so that one who was cut off goes on. Raises what storing raises.
    """
    guard = Guard()
    for partition, end in ends.items():
        entries = history.records(partition, store.stored_until(*partition), end)
        for portion in _portions(entries, limits):
            chunk = chunk_of(portion, *partition, reading)
            plan = store.store(chunk, partial(guard.check, items=len(portion)))
            guard.passed(plan, len(portion))
            yield len(portion)


def _portions(entries: Iterable[Entry], limits: Limits) -> Iterator[list[Entry]]:
    portion: list[Entry] = []
    size = 0
    for entry in entries:
        portion.append(entry)
        size += size_of(entry.record)
        if len(portion) == limits.records or size >= limits.bytes:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion
