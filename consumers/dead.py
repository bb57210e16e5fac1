"""Dead letters: finding them, bringing them in after a correction, throwing them away."""

from collections.abc import Mapping, Sequence

import msgspec

from consumers.copies import copies_of_dead
from consumers.normalize import Position
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse
from schemas.adapter import Adapter, Source, Unreadable
from schemas.record import Record, RecordType

ALL = 10_000_000


class DeadLetter(msgspec.Struct, frozen=True):
    """A body that could not be read; the order of the fields is that of `sql/consumer/dead_find.sql`.

    `context` and `body` are in hexadecimal digits.
    """

    number: int
    state: str
    source: str
    type: str
    reason: str
    detail: str
    received_at: int
    request_id: str
    content_type: str
    context: str
    body: str
    log: str
    partition: int
    offset: int

    @property
    def id(self) -> str:
        """Its name: 32 hexadecimal digits."""
        return f"{self.number:032x}"

    @property
    def record(self) -> Record:
        """The record as it came."""
        return Record(
            self.request_id, self.source, self.type, self.received_at, None, self.content_type,
            bytes.fromhex(self.context), bytes.fromhex(self.body),
        )  # fmt: skip

    @property
    def first(self) -> Position:
        """Where it stands in the log."""
        return Position(self.log, self.partition, self.offset)


class Attempt(msgspec.Struct, frozen=True):
    """What can be done with a dead letter now: the records that bring it in, or why it still cannot be read."""

    letter: DeadLetter
    copies: Sequence[Record]
    problem: str


def find(
    warehouse: Warehouse,
    ids: Sequence[str] = (),
    *,
    reason: str = "",
    source: str = "",
    state: str = "",
    limit: int = ALL,
) -> list[DeadLetter]:
    """The dead letters whose ids begin with one of `ids` (without: all), newest first.

    Raises the warehouse's errors.
    """
    starts = [text.lower() for text in ids]
    params = {"starts": starts, "reason": reason, "source": source, "state": state, "limit": limit}
    return [DeadLetter(*row) for row in warehouse.query(load_sql("consumer/dead_find"), params)]


def attempt(letter: DeadLetter, sources: Mapping[str, Source], adapters: Mapping[str, Adapter]) -> Attempt:
    """Tries to read a dead letter under the present reading."""
    try:
        return Attempt(letter, copies_of_dead(letter.record, letter.number, letter.first, sources, adapters), "")
    except Unreadable as problem:
        return Attempt(letter, (), problem.detail)


def discarding(letter: DeadLetter, request_id: str, now: int) -> Record:
    """The record that throws a dead letter away: it goes through the log, as everything does."""
    return Record(request_id, letter.source, RecordType.DISCARD, now, None, "text/plain", b"", letter.id.encode())
