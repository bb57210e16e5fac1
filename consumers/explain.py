"""Everything known about a message: each request that told of it, what was a repeat, its state and why."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from consumers.normalize import Position, normalize
from pipeline.log import Entry
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse
from schemas.adapter import Adapter, Source
from schemas.status import FINAL_RANK, RANK, Status


class StoredFact(msgspec.Struct, frozen=True):
    """A distinct fact as it is stored; the order of the fields is that of `sql/consumer/explain_facts.sql`."""

    message: int
    identity: int
    kind: str
    source: str
    provider: str
    origin: str
    message_id: str
    recipient: str
    sender: str
    status: str
    provider_status: str
    error_code: str
    error_family: str
    error_text: str
    occurred_at: int
    received_at: int
    country: str
    carrier: str
    reading: int
    log: str
    partition: int
    offset: int

    @property
    def first(self) -> Position:
        """Where its first telling stands."""
        return Position(self.log, self.partition, self.offset)

    @property
    def order(self) -> tuple[int, int, int]:
        """What decides which fact is the message's state: rank, time, identity (its upper 64 bits)."""
        return RANK[Status(self.status)], self.occurred_at, self.identity >> 64


class Telling(msgspec.Struct, frozen=True):
    """One request, or one record of it, that told a fact. `offset` is None where the log no longer holds it."""

    received_at: int
    offset: int | None
    request_id: str
    note: str
    fact: StoredFact


class Explanation(msgspec.Struct, frozen=True):
    """One message. `tellings` are in the order of arrival; `why` says in words how `state` came about."""

    source: str
    provider: str
    message_id: str
    recipient: str
    sender: str
    country: str
    carrier: str
    home: int
    state: str
    why: str
    tellings: list[Telling]


def explain(
    warehouse: Warehouse,
    asked: str,
    entries: Callable[[set[str], int], Iterable[tuple[Position, Entry]]],
    sources: Mapping[str, Source],
    adapters: Mapping[str, Adapter],
    limit: int = 20,
    offset: int = 0,
) -> list[Explanation]:
    """The messages with an id, or (where `asked` starts with `+`) the newest to or from a number, newest first.

    `entries(keys, since)` gives the log's records with one of the keys from a time (ms) on.
    """
    homes = _find(warehouse, asked, {"limit": limit, "offset": offset})
    facts = _facts(warehouse, homes)
    if not facts:
        return []
    keys = {f"{fact.source}/{fact.message_id}" for fact in facts}
    tellings: dict[int, list[Telling]] = {message: [] for message in homes}
    stored = {(fact.message, fact.identity): fact for fact in facts}
    seen: set[Position] = set()
    for position, entry in entries(keys, min(homes.values())):
        item = normalize(entry, position.log, position.partition, sources, adapters)
        fact = stored.get((item.message, item.event.identity)) if item.event else None
        if fact:
            seen.add(position)
            note = _note(position, item.copy, fact)
            tellings[fact.message].append(Telling(entry.record.time, entry.offset, entry.record.id, note, fact))
    for fact in facts:
        if fact.first not in seen:
            tellings[fact.message].append(Telling(fact.received_at, None, "", "no longer in the log", fact))
    return [
        _explanation(home, [fact for fact in facts if fact.message == message], tellings[message])
        for message, home in homes.items()
        if tellings[message]
    ]


def _find(warehouse: Warehouse, asked: str, window: Mapping[str, int]) -> dict[int, int]:
    rows = []
    if asked.startswith("+"):
        rows = warehouse.query(load_sql("consumer/explain_by_number"), params={"number": asked, **window})
    if not rows:
        rows = warehouse.query(load_sql("consumer/explain_by_id"), params={"id": asked, **window})
    return dict(rows)


def _facts(warehouse: Warehouse, homes: Mapping[int, int]) -> list[StoredFact]:
    if not homes:
        return []
    columns = (list(homes.values()), list(homes))
    rows = warehouse.query(
        load_sql("consumer/explain_facts"), external={"asked": ("home Int64, message UInt64", columns)}
    )
    return [StoredFact(*row) for row in rows]


def _note(position: Position, copy: bool, fact: StoredFact) -> str:
    if copy:
        return f"replayed under reading {fact.reading}"
    if position == fact.first:
        return "first telling"
    return f"repeat of offset {fact.offset}"


def _explanation(home: int, facts: Sequence[StoredFact], tellings: list[Telling]) -> Explanation:
    told = [fact for fact in facts if fact.kind != "inbound"] or list(facts)
    state = max(told, key=lambda fact: fact.order)
    return Explanation(
        source=state.source,
        provider=state.provider,
        message_id=state.message_id,
        recipient=max(fact.recipient for fact in facts),
        sender=max(fact.sender for fact in facts),
        country=max(fact.country for fact in facts),
        carrier=max(fact.carrier for fact in facts),
        home=home,
        state=state.status or state.kind,
        why=_why(state, told),
        tellings=sorted(tellings, key=lambda telling: (telling.received_at, telling.offset or 0)),
    )


def _why(state: StoredFact, facts: Sequence[StoredFact]) -> str:
    if state.kind == "inbound":
        return "an inbound message"
    rank = state.order[0]
    final = "final" if rank >= FINAL_RANK else "not final, more may come"
    others = [fact for fact in facts if fact is not state]
    if not others:
        return f"the only fact told ({final})"
    second = max(others, key=lambda fact: fact.order)
    if second.order[0] < rank:
        return f"{state.status} outranks {second.status} ({final})"
    if second.occurred_at < state.occurred_at:
        return f"the later of two facts of equal rank, after {second.status} by {second.origin} ({final})"
    return f"told by {len({fact.origin for fact in facts})} ways at the same time ({final})"
