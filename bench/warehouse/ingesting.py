"""How fast live traffic comes in: the consumer's own look-ups and inserts, half of it about messages known already."""

import time
from uuid import uuid4

from bench.reports import SOURCE, records
from consumers.memory import Memory
from consumers.normalize import normalize
from consumers.store import Chunk, Store
from pipeline.clock import now_ms
from pipeline.log import Entry
from pipeline.warehouse import Warehouse
from pipeline.warehouse.retention import Oldest
from schemas.adapter import Source
from schemas.providers import adapters

CHUNKS, ROWS = 5, 20_000


def rate(warehouse: Warehouse, start: int) -> float:
    """Events a second, of messages from number `start` on, which must be new."""
    sources = {SOURCE: Source(SOURCE, "integrax", region="BR")}
    log_id = str(uuid4())
    store = Store(warehouse, Memory(warehouse), now_ms, lambda _: Oldest(0, 0))
    items = [
        normalize(Entry(offset, record), log_id, 0, sources, adapters)
        for offset, record in enumerate(records(CHUNKS * ROWS, start, now_ms()))
    ]
    began = time.perf_counter()
    for first in range(0, len(items), ROWS):
        store.store(Chunk(log_id, 0, items[first : first + ROWS], 1, sources), lambda _: None)
    return len(items) / (time.perf_counter() - began)
