"""What is known of messages: their homes and facts, from the warehouse, remembered for a while.

A message is looked up once; while it is remembered, all that is stored of it is remembered, because each
message has one writer. The memory is bounded: the older half is forgotten when the newer half is full.
"""

from collections.abc import Iterable

import msgspec

from consumers.normalize import Position
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse


class Fact(msgspec.Struct, frozen=True, gc=False):
    """The stored telling of a fact: its reading, arrival (ms) and position."""

    reading: int
    received_at: int
    first: Position


class Known(msgspec.Struct, gc=False):
    """What is stored of one message: its home (ms) and its facts by identity."""

    home: int
    facts: dict[int, Fact]


class Memory:
    """Looks up messages in the warehouse, and remembers at most about `limit` of them."""

    def __init__(self, warehouse: Warehouse, limit: int = 100_000) -> None:
        self._warehouse = warehouse
        self._half = max(1, limit // 2)
        self._new: dict[int, Known] = {}
        self._old: dict[int, Known] = {}

    def recall(self, messages: Iterable[tuple[int, int]]) -> dict[int, Known]:
        """What is stored of the messages, given as (message, id_hash); those never heard of are left out.

        Raises the warehouse's errors.
        """
        found: dict[int, Known] = {}
        asked: dict[int, int] = {}
        for message, id_hash in messages:
            known = self._new.get(message) or self._old.get(message)
            if known is None:
                asked[message] = id_hash
            else:
                found[message] = known
        if asked:
            found |= look_up(self._warehouse, asked)
        return found

    def keep(self, known: dict[int, Known]) -> None:
        """Remember what is now stored."""
        for message, facts in known.items():
            if len(self._new) >= self._half:
                self._old, self._new = self._new, {}
            self._new[message] = facts


def look_up(warehouse: Warehouse, asked: dict[int, int]) -> dict[int, Known]:
    """The stored homes and facts of the messages, given as message -> id_hash."""
    rows = warehouse.query(
        load_sql("consumer/homes"),
        external={"asked": ("id_hash UInt64, message UInt64", (list(asked.values()), list(asked)))},
    )
    found = {message: Known(home, {}) for message, home in rows}
    if found:
        homes = [known.home for known in found.values()]
        facts = warehouse.query(
            load_sql("consumer/facts"), external={"asked": ("home Int64, message UInt64", (homes, list(found)))}
        )
        for message, identity, (reading, received_at, log_id, partition, offset) in facts:
            found[message].facts[identity] = Fact(reading, received_at, Position(log_id, partition, offset))
    return found
