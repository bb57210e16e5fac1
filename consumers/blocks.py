"""The rows of a plan as the columns that are inserted. Times are integer milliseconds."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import astuple

from consumers.normalize import Normalized, Position
from consumers.plan import OUTCOMES, Plan, Row
from schemas.event import Event
from schemas.record import RecordType

Columns = Mapping[str, Sequence[Any]]

_HEARD = frozenset({RecordType.WEBHOOK, RecordType.POLL, RecordType.SUBMISSION})


def homes(plan: Plan) -> Columns:
    """The new homes."""
    id_hashes, messages, times = zip(*plan.homes, strict=True)
    return {"id_hash": id_hashes, "message": messages, "home": times}


def events(rows: Sequence[Row], reading: int) -> Columns:
    """The events as told under `reading`. The columns have the names of Event's fields."""
    told = [row.event for row in rows]
    columns: dict[str, Sequence[Any]] = {
        "home": [row.home for row in rows],
        "message": [row.message for row in rows],
        "reading": [reading] * len(rows),
    }
    columns |= zip(Event.__struct_fields__, zip(*map(astuple, told), strict=True), strict=True)
    return columns | _positions([row.first for row in rows])


def dead_letters(dead: Mapping[int, Normalized], providers: Mapping[str, str], now: int) -> Columns:
    """The new dead letters. `providers` maps sources to their providers."""
    items = list(dead.values())
    records = [item.record for item in items]
    problems = [item.dead for item in items if item.dead is not None]
    columns: dict[str, Sequence[Any]] = {
        "id": list(dead),
        "state": ["open"] * len(items),
        "source": [record.source for record in records],
        "provider": [providers.get(record.source, "") for record in records],
        "type": [record.type for record in records],
        "reason": [problem.reason for problem in problems],
        "detail": [problem.detail for problem in problems],
        "received_at": [record.time for record in records],
        "changed_at": [now] * len(items),
        "request_id": [record.id for record in records],
        "content_type": [record.content_type for record in records],
        "context": [record.context for record in records],
        "body": [record.body for record in records],
    }
    return columns | _positions([item.first for item in items])


def heard(items: Sequence[Normalized], providers: Mapping[str, str], now: int) -> Columns:
    """When the sources were last heard, by the way their records came in. A copy of a record tells nothing of that."""
    newest: dict[tuple[str, str], int] = {}
    for item in items:
        if not item.copy and item.record.type in _HEARD:
            way = (item.record.source, item.record.type)
            newest[way] = max(newest.get(way, 0), item.record.time)
    return {
        "source": [source for source, _ in newest],
        "provider": [providers.get(source, "") for source, _ in newest],
        "type": [kind for _, kind in newest],
        "newest": [(time, now) for time in newest.values()],
    }


def chunk(plan: Plan, items: Sequence[Normalized], log_id: str, partition: int, reading: int, now: int) -> Columns:
    """The row that says what became of the chunk's records."""
    times = [item.record.time for item in items]
    values: dict[str, Any] = {
        "log": UUID(log_id),
        "log_partition": partition,
        "first": items[0].offset,
        "last": items[-1].offset,
        "records": len(items),
        "reading": reading,
        "oldest_received_at": min(times),
        "newest_received_at": max(times),
        "consumed_at": now,
    }
    values |= {outcome: plan.outcomes[outcome] for outcome in OUTCOMES}
    return {name: [value] for name, value in values.items()}


def _positions(positions: Sequence[Position]) -> dict[str, Sequence[Any]]:
    ids = {position.log for position in positions}
    uuids = {log_id: UUID(log_id) for log_id in ids}
    return {
        "log": [uuids[position.log] for position in positions],
        "log_partition": [position.partition for position in positions],
        "log_offset": [position.offset for position in positions],
    }
