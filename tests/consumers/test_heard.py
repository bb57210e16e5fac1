"""The view `sources` says when each source was last heard, asked, and told of a submission."""

import pytest

from consumers.memory import Memory
from consumers.normalize import Normalized, Position, normalize
from consumers.store import Chunk, Store
from pipeline.log import Entry
from pipeline.warehouse import Warehouse
from pipeline.warehouse.retention import Oldest
from schemas.adapter import Source
from schemas.providers import adapters
from schemas.record import Record, RecordType
from tests.services import warehouse

__all__ = ["warehouse"]

LOG = "00000000-0000-0000-0000-00000000000a"
SOURCES = {"a": Source("a", "integrax", region="BR")}
T = 1_790_000_000_000
NOW = T + 60_000


def item(offset: int, kind: RecordType, time: int, *, source: str = "a", replay_of: str = "") -> Normalized:
    record = Record(f"r-{offset}", source, kind, time, None, "application/json", b"", b"not json", replay_of)
    return normalize(Entry(offset, record), LOG, 0, SOURCES, adapters)


@pytest.fixture
def store(warehouse: Warehouse) -> Store:
    return Store(warehouse, Memory(warehouse), lambda: NOW, lambda _: Oldest(0, 0))


def keep(store: Store, *items: Normalized) -> None:
    store.store(Chunk(LOG, 0, items, 1, SOURCES), lambda _: None)


def shown(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return warehouse.query("SELECT * FROM delivrd.sources ORDER BY source")


def test_each_way_of_hearing_has_its_time(warehouse: Warehouse, store: Store) -> None:
    keep(store, item(1, RecordType.WEBHOOK, T), item(2, RecordType.WEBHOOK, T - 5), item(3, RecordType.POLL, T - 9))
    assert shown(warehouse) == [("a", "integrax", T, T, T - 9, None, 60_000)]
    keep(store, item(4, RecordType.SUBMISSION, T + 1), item(5, RecordType.WEBHOOK, T - 7, source="gone"))
    assert shown(warehouse) == [
        ("a", "integrax", T + 1, T, T - 9, T + 1, 59_999),
        ("gone", "", T - 7, T - 7, None, None, 60_007),
    ]


def test_what_history_and_corrections_bring_is_not_heard(warehouse: Warehouse, store: Store) -> None:
    copy = f"{Position(LOG, 0, 1).log}/0/1"
    keep(
        store,
        item(6, RecordType.IMPORT, T),
        item(7, RecordType.TIMEOUT, T),
        item(8, RecordType.POLL, T, replay_of=copy),
    )
    assert shown(warehouse) == []
