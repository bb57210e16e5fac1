"""A number that is in the warehouse already: taken out of every table, in place, so that the figures stay.

Rows that may name it are found in SQL, what they become is decided here (`schemas.forgotten`, as for what comes in),
and each server's tables are changed by mutations that are waited for. The statements of mutations lie on the server's
disk for long, so nothing of the number stands in them, nor a hash of it that anybody could try out.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
import xxhash

from consumers.forgotten_figures import forget_figures
from consumers.known import region_of
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse
from schemas.adapter import Source
from schemas.event import Event, Kind, Origin
from schemas.forgotten import Forgotten, anonymous, is_named, whom
from schemas.record import Record
from schemas.spoken import pattern_of
from schemas.told import Device

TOGETHER = 500
"""Messages that one statement changes: it is sent as a whole."""

_GIVEN = (
    "message_id", "message_key", "recipient", "sender", "provider_status", "error_code", "error_text", "customer_ref",
    "text", "extra",
)  # fmt: skip
"""The columns of an event that may name somebody, as find_events.sql has them."""

_BY_MESSAGE = ("message_id", "recipient", "sender", "customer_ref")
_device = msgspec.json.Decoder(Device)


class Done(NamedTuple):
    """How much was changed: facts of how many messages, dead letters that were emptied, days of figures."""

    events: int = 0
    messages: int = 0
    dead_letters: int = 0
    days: int = 0


class _Found(NamedTuple):
    """A stored fact: where it stands, and what it becomes."""

    hour: int
    message: int
    fact: int
    before: Event
    after: Event

    @property
    def about(self) -> bool:
        """Whether the message is the person's."""
        return whom(self.before) in self.changed

    @property
    def changed(self) -> list[str]:
        """The columns that are other ones."""
        return [name for name in _GIVEN if getattr(self.before, name) != getattr(self.after, name)]


def forget_stored(
    warehouse: Warehouse, number: str, forgotten: Forgotten, sources: Mapping[str, Source], now: int
) -> Iterator[Done]:
    """Takes a number that is on the list out of the tables; yields what was done, server by server.

    Raises Retry, Setup. Whatever it was cut off at, it can be done again.
    """
    for server in warehouse.each():
        database = server.servers.local
        found = [one for one in _find(server, number, forgotten, sources) if one.changed]
        for batch in _batches(found):
            _change(server, database, batch, forgotten.name_of(number))
        dead = _find_dead(server, number, forgotten, sources)
        if dead:
            warehouse.query(
                load_sql("consumer/dead_decide"), {"state": "discarded", "at": now}, {"asked": ("id UInt128", (dead,))}
            )
            server.command(load_sql("forget/dead"), {"database": database, "ids": dead})
        yield Done(len(found), len({one.message for one in found}), len(dead))
    yield Done(days=forget_figures(warehouse, number, forgotten, sources))


def _find(server: Warehouse, number: str, forgotten: Forgotten, sources: Mapping[str, Source]) -> list[_Found]:
    found = list(_events(server, number, [], forgotten, sources))
    # What else is known of the person's messages is about them, even where it names nobody.
    messages = sorted({(one.hour, one.message) for one in found if one.about})
    if not messages:
        return found
    about = {message for _, message in messages}
    return [
        one._replace(after=msgspec.structs.replace(one.after, customer_ref="", text=""))
        if one.message in about
        else one
        for one in _events(server, number, messages, forgotten, sources)
    ]


def _events(
    server: Warehouse,
    number: str,
    messages: Sequence[tuple[int, int]],
    forgotten: Forgotten,
    sources: Mapping[str, Source],
) -> Iterator[_Found]:
    hours, hashes = zip(*messages, strict=True) if messages else ((), ())
    rows = server.query(
        load_sql("forget/find_events"),
        {"database": server.servers.local},
        {
            "asked": ("pattern String", ([pattern_of(number)],)),
            "messages": ("hour UInt32, message UInt64", (hours, hashes)),
        },
    )
    for hour, message, fact, kind, source, *given in rows:
        event = Event(
            kind=Kind(kind), source=source, provider="", origin=Origin.WEBHOOK, identity=0, occurred_at=0,
            received_at=0, **dict(zip(_GIVEN, given, strict=True)),
        )  # fmt: skip
        yield _Found(hour, message, fact, event, anonymous(event, region_of(source, sources), forgotten))


def _batches(found: Sequence[_Found]) -> Iterator[list[_Found]]:
    """Whole messages, so many at a time."""
    by_message = defaultdict(list)
    for one in found:
        by_message[one.message].append(one)
    messages = list(by_message.values())
    for start in range(0, len(messages), TOGETHER):
        yield [one for facts in messages[start : start + TOGETHER] for one in facts]


def _change(server: Warehouse, database: str, batch: Sequence[_Found], name: str) -> None:
    by_fact: dict[str, dict[int, str]] = {column: {} for column in _GIVEN}
    by_message: dict[str, dict[int, str]] = {column: {} for column in _BY_MESSAGE}
    for one in batch:
        for column in one.changed:
            by_fact[column][one.fact] = getattr(one.after, column)
            if column in by_message:
                by_message[column][one.message] = getattr(one.after, column)
    place = _place(database, batch)
    server.command(load_sql("forget/messages"), place | _arrays({**by_fact, **by_message}))
    about = [one for one in batch if one.about]
    if about:
        hashed = _place(database, about) | {"kept": xxhash.xxh3_64_intdigest(name.encode())}
        server.command(load_sql("forget/recipients"), hashed)
        server.command(load_sql("forget/recipients_drop"), hashed)
    devices = {one.message: _device.decode(one.after.extra).title for one in batch if "extra" in one.changed}
    if devices:
        server.command(load_sql("forget/devices"), {"database": database} | _arrays({"title": devices}))
    # The last, as all the others are found by them: who is cut off before finds everything again.
    server.command(load_sql("forget/events"), place | _arrays(by_fact))


def _place(database: str, found: Sequence[_Found]) -> dict[str, object]:
    return {
        "database": database,
        "hours": sorted({one.hour for one in found}),
        "messages": sorted({one.message for one in found}),
    }


def _arrays(columns: Mapping[str, Mapping[int, str]]) -> dict[str, object]:
    """The parameters `x_of` and `x` of each column x."""
    keys = {f"{column}_of": list(changes) for column, changes in columns.items()}
    return keys | {column: list(changes.values()) for column, changes in columns.items()}


def _find_dead(server: Warehouse, number: str, forgotten: Forgotten, sources: Mapping[str, Source]) -> list[int]:
    rows = server.query(
        load_sql("forget/find_dead"),
        {"database": server.servers.local},
        {"asked": ("pattern String", ([pattern_of(number)],))},
    )
    found = set()
    for id_, source, context, body in rows:
        record = Record("", source, "", 0, None, "", bytes.fromhex(context), bytes.fromhex(body))
        if is_named(record, region_of(source, sources), forgotten):
            found.add(id_)
    return sorted(found)
