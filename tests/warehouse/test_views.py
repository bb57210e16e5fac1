"""The public views show what the rules say, whatever was told in which order, how often, and in which blocks."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.warehouse import Warehouse
from schemas.event import Event, Kind, Origin
from schemas.status import Family, Status
from tests.model import Inbound, Message, Telling, by_message, facts, inbound, messages
from tests.services import merge
from tests.shards import Served
from tests.warehouse.tellings import event_columns

HOUR = 3_600_000
DAY = 490_000 * HOUR + 1_234_567
EPOCH, END = 0, 4_102_444_800_000

numbers = itertools.count()

times = st.one_of(st.integers(DAY, DAY + 3), st.integers(DAY - HOUR, DAY + HOUR), st.sampled_from([EPOCH, END]))
homes = st.sampled_from([DAY, DAY + 1, DAY + HOUR, DAY + 24 * 31 * HOUR])
words = st.sampled_from(["", "a", "b", "\x00ü\x1f\n"])
facts_of_one_message = st.lists(st.integers(0, (1 << 64) - 1), min_size=1, max_size=4, unique=True)


@st.composite
def a_message(draw: st.DrawFn, key: str) -> list[Telling]:
    """A few facts, each told in one reading or in two, once or more often, not always with the same words."""
    home = draw(homes)
    tellings = []
    for upper in draw(facts_of_one_message):
        kind = draw(st.sampled_from([Kind.REPORT, Kind.REPORT, Kind.SUBMISSION]))
        origin = Origin.SUBMISSION if kind is Kind.SUBMISSION else draw(st.sampled_from(Origin))
        provider_status, error_code = draw(words), draw(words)
        for reading in draw(st.sampled_from([(1,), (2,), (1, 2), (7, 16_383)])):
            status, family = draw(st.sampled_from(Status)), draw(st.sampled_from(Family))
            for _ in range(draw(st.integers(1, 2))):
                event = Event(
                    kind=kind,
                    source="",
                    provider="p",
                    origin=origin,
                    message_id=f"id {key}",
                    message_key=key,
                    identity=upper << 64 | 5,
                    occurred_at=draw(times),
                    received_at=draw(times),
                    recipient=draw(words),
                    sender=draw(words),
                    status=status,
                    provider_status=provider_status,
                    error_code=error_code,
                    error_family=family,
                    error_text=draw(words),
                    channel=draw(st.sampled_from(["unknown", "sms", "rcs"])),
                    country=draw(words),
                    carrier=draw(words),
                    number_type=draw(words),
                    segments=draw(st.integers(0, 2)),
                    cost=draw(st.sampled_from([None, 0.0, 0.5, -1.0])),
                    currency=draw(words),
                    customer_ref=draw(words),
                )
                tellings.append(Telling(event, reading, home))
    return tellings


@st.composite
def an_inbound_message(draw: st.DrawFn, key: str) -> list[Telling]:
    """One fact, in one reading or in two. What a reading reads depends on nothing but the record."""
    home = draw(homes)
    identity = draw(st.integers(0, (1 << 128) - 1))
    tellings = []
    for reading in draw(st.sampled_from([(1,), (1, 2)])):
        sender, text, occurred_at = draw(words), draw(words), draw(st.none() | times)
        for _ in range(draw(st.integers(1, 2))):
            received_at = draw(times)
            event = Event(
                kind=Kind.INBOUND,
                source="",
                provider="p",
                origin=draw(st.sampled_from([Origin.WEBHOOK, Origin.POLL])),
                message_id=key,
                message_key=key,
                identity=identity,
                occurred_at=received_at if occurred_at is None else occurred_at,
                received_at=received_at,
                recipient="+1",
                sender=sender,
                text=text,
            )
            tellings.append(Telling(event, reading, home))
    return tellings


@st.composite
def histories(draw: st.DrawFn) -> list[list[Telling]]:
    """Blocks: what was told of some messages, in any order, some of it again."""
    told = []
    for number in range(draw(st.integers(1, 5))):
        told += draw(a_message(f"key {number}"))
    for number in range(draw(st.integers(0, 2))):
        # an id that an outbound message has as well
        told += draw(an_inbound_message(f"key {number}"))
    again = draw(st.lists(st.sampled_from(told), max_size=5))
    shuffled = draw(st.permutations(told + again))
    cuts = sorted(draw(st.lists(st.integers(0, len(shuffled)), max_size=2)))
    return [shuffled[a:b] for a, b in itertools.pairwise([0, *cuts, len(shuffled)])]


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), st.booleans())
def test_views_equal_the_model(storage: Warehouse, history: list[list[Telling]], merged: bool) -> None:
    number = next(numbers)
    source = f"source {number}"
    blocks = [[_at_source(told, source) for told in block] for block in history]
    for position, block in enumerate(blocks):
        storage.insert("events", event_columns(block), f"{number}/{position}")
    if merged:
        merge(storage, "events", "messages")
    tellings = [told for block in blocks for told in block]
    assert shown(storage, "messages", source, Message, "message_id") == [
        message for _, message in sorted(messages(tellings).items())
    ]
    assert sorted(shown(storage, "inbound", source, Inbound, "message_id")) == sorted(inbound(tellings))
    rows = storage.query(
        "SELECT identity, reading FROM delivrd.events WHERE source = {source:String} ORDER BY ALL", {"source": source}
    )
    assert rows == sorted(
        (fact.event.identity, fact.reading) for group in by_message(tellings).values() for fact in facts(group)
    )


def shown(warehouse: Warehouse, view: str, source: str, kind: type[Any], order: str) -> Sequence[Any]:
    """The rows of a view as the model has them."""
    columns = kind.__struct_fields__
    rows = warehouse.query(
        f"SELECT {', '.join(columns)} FROM delivrd.{view} WHERE source = {{source:String}} ORDER BY {order}",
        {"source": source},
    )
    return [msgspec.convert(dict(zip(columns, row, strict=True)), kind) for row in rows]


def _at_source(told: Telling, source: str) -> Telling:
    return told._replace(event=msgspec.structs.replace(told.event, source=source))


@pytest.fixture(scope="module")
def storage(served: Served) -> Iterator[Warehouse]:
    """The shared engine's storage, whatever rows it holds: an example takes a source of its own."""
    writer = served.writer()
    yield writer
    writer.close()
