"""Records that were read by mistaken adapters, and then by the right ones, in any way and any number of times."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from hypothesis import strategies as st

from consumers.lane import Reading
from pipeline.warehouse import Warehouse
from schemas.adapter import Adapter, Element, Source, Unreadable
from schemas.event import Event
from schemas.providers import adapters
from schemas.record import Record
from schemas.status import Family, Status
from tests import model
from tests.model import Telling
from tests.services import empty
from tests.support.consuming import SOURCES, Installed, Request
from tests.support.histories import histories, shown

HOUR = 3_600_000

T = TypeVar("T", model.Message, model.Inbound)


class Mistakes(msgspec.Struct, frozen=True):
    """The bodies that mistaken adapters take for something else, and those that they cannot read at all."""

    misread: frozenset[bytes]
    refused: frozenset[bytes]

    def read(self, body: bytes, event: Event) -> Event | None:
        """What the mistaken adapters make of a body whose right event this is; None where they cannot read it."""
        if body in self.refused:
            return None
        if body not in self.misread or event.status is Status.NONE:
            return event
        late = 0 if event.occurred_at == event.received_at else HOUR
        return msgspec.structs.replace(
            event,
            status=Status.QUEUED if event.status is Status.DELIVERED else Status.DELIVERED,
            error_family=Family.NONE,
            error_text="",
            occurred_at=event.occurred_at + late,
        )


class Mistaken:
    """An adapter with mistakes."""

    def __init__(self, right: Adapter, mistakes: Mistakes) -> None:
        self.name = right.name
        self._right = right
        self._mistakes = mistakes

    def split(self, body: bytes, source: Source) -> list[Element]:
        """Without a mistake."""
        return self._right.split(body, source)

    def split_answer(self, body: bytes, asked: Mapping[str, str], source: Source) -> list[Element]:
        """Without a mistake."""
        return self._right.split_answer(body, asked, source)

    def split_submission(self, body: bytes, source: Source) -> list[Element]:
        """Without a mistake."""
        return self._right.split_submission(body, source)

    def split_import(self, body: bytes, source: Source) -> list[Element]:
        """Without a mistake."""
        return self._right.split_import(body, source)

    def read(self, record: Record, source: Source) -> Event | None:
        """With them."""
        right = self._right.read(record, source)
        if right is None:
            return None
        event = self._mistakes.read(record.body, right)
        if event is None:
            raise Unreadable("unknown_shape", "not known yet")
        return event


class Story(msgspec.Struct, frozen=True):
    """What came before anybody knew of the mistakes, what was done about it in which order, and what came later."""

    before: list[Request]
    mistakes: Mistakes
    steps: list[str]
    later: list[Request]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Everything is replayed at least once, at some time."""
    before = draw(histories())
    bodies = [spoken.body for request in before for spoken in request.spoken if spoken.event]
    some = st.frozensets(st.sampled_from(bodies)) if bodies else st.just(frozenset[bytes]())
    mistakes = Mistakes(draw(some), draw(some))
    steps = ["consume", "replay", "replay dead"]
    made = draw(st.lists(st.sampled_from(steps), max_size=5))
    made.insert(draw(st.integers(0, len(made))), "replay")
    return Story(before, mistakes, made, draw(st.just([]) | histories()))


def assert_corrected(warehouse: Warehouse, story: Story, chunk: int) -> None:
    """After it all, everything is as the right reading has it: once, and with no dead letter that can be read."""
    empty(warehouse)
    mistaken = {name: Mistaken(adapter, story.mistakes) for name, adapter in adapters.items()}
    right = Reading(2, SOURCES, adapters)
    with tempfile.TemporaryDirectory() as folder:
        installed = Installed(Path(folder))
        installed.receive(story.before)
        installed.consume(warehouse, chunk, Reading(1, SOURCES, mistaken))
        for step in story.steps:
            if step == "consume":
                installed.consume(warehouse, chunk, right)
            elif step == "replay":
                installed.replay()
            elif step == "replay dead":
                installed.replay_dead(warehouse)
        installed.receive(story.later)
        installed.consume(warehouse, chunk, right)
        audit = installed.audit(warehouse)
    requests = [*story.before, *story.later]
    told = [*_tellings(story.before, 1, story.mistakes), *_tellings(requests, 2)]
    messages = sorted(model.messages(told).values(), key=lambda row: (row.source, row.message_id, row.recipient))
    assert _homeless(shown(warehouse, "messages", model.Message)) == messages
    assert sorted(_homeless(shown(warehouse, "inbound", model.Inbound))) == sorted(model.inbound(told))
    facts = {telling.event.identity for telling in told}
    assert warehouse.query("SELECT count() FROM delivrd.events") == [(len(facts),)]
    assert (audit.complete, audit.stored) == (True, len(facts))
    refused = {
        (spoken.source, spoken.body)
        for request in story.before
        for spoken in request.spoken
        if spoken.body in story.mistakes.refused and spoken.event
    }
    useless = {(spoken.source, spoken.body) for request in requests for spoken in request.spoken if not spoken.readable}
    letters = warehouse.query("SELECT state, source, body FROM delivrd.dead_letters")
    assert {(source, body.encode()) for state, source, body in letters if state == "replayed"} == refused
    assert {(source, body.encode()) for state, source, body in letters if state == "open"} == useless


def _tellings(requests: Sequence[Request], reading: int, mistakes: Mistakes | None = None) -> list[Telling]:
    """What the requests tell under a reading. Homes are left out: they depend on what could be read first."""
    told = []
    for request in requests:
        for spoken in request.spoken:
            event = spoken.arrived(request.at)
            if event is not None and mistakes is not None:
                event = mistakes.read(spoken.body, event)
            if event is not None:
                told.append(Telling(event, reading, 0))
    return told


def _homeless(rows: list[T]) -> list[T]:
    return [msgspec.structs.replace(row, home=0) for row in rows]
