"""The way from bodies to rows within one process: the receiver's reading, a real log, the consumer, a real engine."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from consumers.audit import Range, Report, audit
from consumers.copies import copies_of_entry
from consumers.dead import attempt, find
from consumers.lane import Limits, Reading
from consumers.loop import Loop
from consumers.memory import Memory
from consumers.normalize import Position
from consumers.store import Store
from pipeline.sqlite_log import SqliteReader, SqliteWriter, records_of
from pipeline.warehouse import Warehouse
from pipeline.warehouse.retention import Oldest
from receiver.reading import Arrival, read
from receiver.sources import NOBODY, IntakeSource
from schemas import timeout
from schemas.adapter import Source
from schemas.event import Event, Kind
from schemas.providers import adapters
from schemas.record import Record, RecordType
from tests.model import Telling
from tests.support.saying import AATROX, INTEGRAX, SMSGATEWAY24, UGSMS, Spoken

SOURCES = {
    INTEGRAX: Source(INTEGRAX, "integrax", region="BR"),
    SMSGATEWAY24: Source(SMSGATEWAY24, "smsgateway24", store_text=True),
    AATROX: Source(AATROX, "aatrox", region="AU"),
    UGSMS: Source(UGSMS, "ugsms", region="UG"),
}
READING = Reading(1, SOURCES, adapters)
NOW = 1_790_164_800_000
"""2026-09-23T12:00:00Z, and so it stays."""
EVER = Oldest(0, 0)
"""Everything is kept."""


class Request(NamedTuple):
    """One body of one source: a list where it has several elements. `at` is its arrival (ms)."""

    at: int
    spoken: tuple[Spoken, ...]

    def takes(self, other: Spoken) -> bool:
        """Whether the same request could have told that as well."""
        first = self.spoken[0]
        together = first.way in (RecordType.WEBHOOK, RecordType.SUBMISSION)
        return together and (first.source, first.way) == (other.source, other.way)

    @property
    def body(self) -> bytes:
        """The bytes as posted."""
        if len(self.spoken) == 1:
            return self.spoken[0].body
        return b"[" + b", ".join(one.body for one in self.spoken) + b"]"


class Installed:
    """A log in a folder."""

    def __init__(self, folder: Path) -> None:
        self._log, self._state = folder / "log.db", folder / "consumer.db"

    def receive(self, requests: Sequence[Request]) -> None:
        """Append the records of the requests, in this order."""
        with closing(SqliteWriter(self._log, reserve_bytes=0)) as writer:
            for number, request in enumerate(requests):
                writer.write(_records(f"request-{number}", request))

    def consume(
        self, warehouse: Warehouse, chunk: int, reading: Reading = READING, oldest: int = 0, forget_key: str = ""
    ) -> None:
        """Store all that waits, `chunk` records at a time; what has its home before `oldest` (ms) is past retention."""
        kept = Oldest(oldest, 0)
        with closing(SqliteReader(self._log, self._state)) as reader:
            limits = Limits(records=chunk, linger=0, early=1)
            store = lambda: Store(warehouse, Memory(warehouse), lambda: NOW, lambda _: kept, forget_key)  # noqa: E731
            loop = Loop(reader, store, limits)
            loop.drain()
            loop.run(reading)

    def replay(self) -> None:
        """As `delivrd replay` does it, under the right reading."""
        with closing(SqliteWriter(self._log, reserve_bytes=0)) as writer:
            for entry in list(records_of(self._log)):
                first = Position(writer.log_id, 0, entry.offset)
                for copy in copies_of_entry(entry, first, SOURCES, adapters):
                    writer.write([copy])

    def replay_dead(self, warehouse: Warehouse) -> None:
        """As `delivrd dead replay --all` does it, under the right reading."""
        with closing(SqliteWriter(self._log, reserve_bytes=0)) as writer:
            for letter in find(warehouse, state="open"):
                for copy in attempt(letter, SOURCES, adapters).copies:
                    writer.write([copy])

    def audit(self, warehouse: Warehouse) -> Report:
        """As `delivrd audit` does it."""
        with closing(SqliteReader(self._log, self._state)) as reader:
            part = Range(reader.log_id, 0, reader.first(0), reader.committed(0).offset)
            return audit(warehouse, records_of(self._log), part, SOURCES, adapters, EVER, lambda _: None)


def _records(name: str, request: Request) -> list[Record]:
    """As the receiver and the poller make them."""
    first = request.spoken[0]
    source = SOURCES[first.source]
    adapter = adapters[source.provider]
    if first.way is RecordType.TIMEOUT:
        told = msgspec.json.decode(first.body)
        return [timeout.make(source.name, told["message_id"], told["message_key"], told["recipient"], request.at)]
    if first.way is RecordType.POLL:
        asked = dict(first.asked)
        body = b'{"smss":[%b]}' % first.body if asked["question"] == "getallsms" else first.body
        [element] = adapter.split_answer(body, asked, source)
        context = msgspec.json.encode({"asked": asked})
        return [Record(name, source.name, first.way, request.at, element.key, "", context, element.body)]
    intake = IntakeSource(source, adapter, (NOBODY[0], NOBODY[0]))
    return read(Arrival(name, first.way, intake, request.at, "application/json", {}), request.body)[0]


Homes = dict[tuple[bool, str, str], int]
"""The home (ms) of each message."""


def tellings(
    requests: Sequence[Request],
    homes: Homes | None = None,
    reading: int = 1,
    read: Callable[[bytes, Event], Event] = lambda _, event: event,
) -> list[Telling]:
    """What the requests tell, in their order: a message's home is the arrival of the first record about it.

    `homes` has those that are known, and is given the others; `read` is what a reading makes of a body and its event.
    """
    homes = {} if homes is None else homes
    told = []
    for request in requests:
        for spoken in request.spoken:
            event = spoken.arrived(request.at)
            if event is not None:
                event = read(spoken.body, event)
                message = (event.kind is Kind.INBOUND, event.source, event.message_key)
                home = request.at if event.kind is not Kind.SUBMISSION else min(request.at, event.occurred_at)
                told.append(Telling(event, reading, homes.setdefault(message, home)))
    return told


def totals(requests: Sequence[Request]) -> Counter[str]:
    """The outcome of each record: a fact told first is stored, told again repeated; likewise what cannot be read."""
    known: set[object] = set()
    outcomes: Counter[str] = Counter()
    for request in requests:
        for spoken in request.spoken:
            event = spoken.arrived(request.at)
            name: object = event.identity if event else (spoken.source, spoken.body)
            if event is None and spoken.readable:
                outcomes["empty"] += 1
            elif name in known:
                outcomes["repeated"] += 1
            else:
                outcomes["stored" if event else "dead_lettered"] += 1
            known.add(name)
    return outcomes
