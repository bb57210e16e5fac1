"""Puts a chunk into the warehouse: look up, plan, insert, in an order in which a crash harms nothing.

Homes come before events (a home without events is harmless), the chunk's row last. Every insert carries a
token made of the exact range and the block's content, so that the same range inserted again is taken once.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import xxhash

from consumers import blocks
from consumers.forgetting import forget_item, listed
from consumers.memory import Memory
from consumers.normalize import Normalized, Position
from consumers.plan import Plan, dead_id, messages_of, plan
from pipeline import metrics
from pipeline.clock import Clock
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse
from pipeline.warehouse.errors import Refused
from pipeline.warehouse.retention import Oldest
from schemas.adapter import Source, Unreadable
from schemas.forgotten import Forgotten


class Chunk(msgspec.Struct, frozen=True):
    """A range of one partition, read and normalized under one reading. `items` is not empty."""

    log_id: str
    partition: int
    items: Sequence[Normalized]
    reading: int
    sources: Mapping[str, Source]

    @property
    def first(self) -> int:
        """The offset of the first record."""
        return self.items[0].offset

    @property
    def last(self) -> int:
        """The offset of the last record."""
        return self.items[-1].offset


class Store:
    """Stores chunks, one at a time. `oldest` says, for a present time (ms), since when what is kept.

    Who is on the list of those to be forgotten is looked up, by `forget_key`, when a chunk begins.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        memory: Memory,
        clock: Clock,
        oldest: Callable[[int], Oldest],
        forget_key: str = "",
    ) -> None:
        self._warehouse = warehouse
        self._memory = memory
        self._clock = clock
        self._oldest = oldest
        self._forget_key = forget_key

    def store(self, chunk: Chunk, allow: Callable[[Plan], None]) -> Plan:
        """Returns what was stored. `allow` sees the plan before anything is inserted, and may raise.

        Raises the warehouse's Retry and Setup; rows that it refuses become dead letters.
        """
        forgotten = listed(self._warehouse, self._forget_key)
        made = self._plan(chunk, chunk.items, forgotten)
        allow(made)
        try:
            self._insert_events(chunk, made)
        except Refused:
            refused = self._find_refused(chunk, made)
            if not refused:
                raise
            items = [_as_refused(item, refused) for item in chunk.items]
            made = self._plan(chunk, items, forgotten)
            allow(made)
            self._insert_events(chunk, made)
        self._insert_rest(chunk, made)
        self._memory.keep(made.learned)
        return made

    def stored_until(self, log_id: str, partition: int) -> int:
        """The offset after the last record of the partition that the warehouse has; 0 where it has none."""
        asked = {"log": log_id, "partition": partition}
        [[end]] = self._warehouse.query(load_sql("consumer/stored_until"), params=asked)
        return int(end)

    def close(self) -> None:
        """Give the connections back."""
        self._warehouse.close()

    def _plan(self, chunk: Chunk, given: Sequence[Normalized], forgotten: Forgotten) -> Plan:
        items = [forget_item(item, forgotten, chunk.sources) for item in given]
        known = self._memory.recall(messages_of(items).items())
        dead = self._known_dead([dead_id(item) for item in items if item.dead is not None])
        return plan(items, known, dead, chunk.reading, self._oldest(self._clock()))

    def _known_dead(self, ids: Sequence[int]) -> dict[int, Position]:
        if not ids:
            return {}
        rows = self._warehouse.query(load_sql("consumer/dead_known"), external={"asked": ("id UInt128", (ids,))})
        return {number: Position(*position) for number, position in rows}

    def _insert_events(self, chunk: Chunk, made: Plan) -> None:
        if made.homes:
            self._insert("homes", chunk, blocks.homes(made))
        if made.events:
            self._insert("events", chunk, blocks.events(made.events, chunk.reading))

    def _insert_rest(self, chunk: Chunk, made: Plan) -> None:
        now = self._clock()
        providers = {name: source.provider for name, source in chunk.sources.items()}
        if made.dead:
            self._insert("dead_letters", chunk, blocks.dead_letters(made.dead, providers, now))
        for state, ids in (("replayed", made.replayed), ("discarded", made.discarded)):
            if ids:
                self._warehouse.query(
                    load_sql("consumer/dead_decide"),
                    params={"state": state, "at": now},
                    external={"asked": ("id UInt128", (ids,))},
                )
        self._insert("heard", chunk, blocks.heard(chunk.items, providers, now))
        row = blocks.chunk(made, chunk.items, chunk.log_id, chunk.partition, chunk.reading, now)
        self._insert("chunks", chunk, row)

    def _insert(self, table: str, chunk: Chunk, columns: blocks.Columns) -> None:
        digest = _digest(columns)
        token = f"{table}:{chunk.log_id}:{chunk.partition}:{chunk.first}-{chunk.last}:{digest}"
        with metrics.insert_seconds.labels(table).time():
            self._warehouse.insert(table, columns, token)

    def _find_refused(self, chunk: Chunk, made: Plan) -> set[int]:
        """The identities of the events that the warehouse refuses, tried on a table that keeps nothing."""
        suspects = [list(made.events)]
        refused: set[int] = set()
        while suspects:
            rows = suspects.pop()
            try:
                self._warehouse.insert("events_trial", blocks.events(rows, chunk.reading), token="")
            except Refused:
                if len(rows) == 1:
                    refused.add(rows[0].event.identity)
                else:
                    middle = len(rows) // 2
                    suspects += [rows[:middle], rows[middle:]]
        return refused


def _digest(columns: blocks.Columns) -> str:
    content = [
        b"".join(number.to_bytes(16) for number in column) if name in ("identity", "id") else column
        for name, column in columns.items()
    ]
    return xxhash.xxh3_128_hexdigest(msgspec.msgpack.encode(content, enc_hook=str))


def _as_refused(item: Normalized, refused: set[int]) -> Normalized:
    if item.event is None or item.event.identity not in refused:
        return item
    problem = Unreadable("refused", "the warehouse refused the row that was made of this record")
    return msgspec.structs.replace(item, event=None, dead=problem)
