"""A life of an installation, and what every view and report must show at each of its turns.

Reports come in by every way and from several providers, are read wrongly at first, corrected by replays, and the old
ones are let go of while late repeats of them still come.
"""

import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
from hypothesis import strategies as st

from consumers.lane import Reading
from pipeline.clock import now_ms
from pipeline.warehouse import Warehouse
from pipeline.warehouse.retention import Retention, apply_retention
from schemas.event import Event
from schemas.providers import adapters
from tests import figures, model, reporting
from tests.model import Telling
from tests.reporting import DAY, REPORTS, Asked
from tests.services import empty, merge, work_out
from tests.shards import Served
from tests.support.consuming import SOURCES, Homes, Installed, Request, tellings
from tests.support.corrections import Mistaken, Mistakes
from tests.support.histories import ARRIVALS, NOON, histories, retellings, shown
from tests.support.reports import assert_same, report

AGE = 40 * DAY
OLDEST = NOON - 10 * DAY
"""What has its home before is let go of; no home is near it."""


class Life(msgspec.Struct, frozen=True):
    """What came first, what of it was misread, how often it was read again, whether it was let go of, what came later.

    Where it is let go of, it had come `AGE` before.
    """

    before: list[Request]
    misread: frozenset[bytes]
    replays: int
    let_go: bool
    later: list[Request]

    @property
    def mistakes(self) -> Mistakes:
        """As the mistaken adapters make them."""
        return Mistakes(self.misread, frozenset())


@st.composite
def lives(draw: st.DrawFn, let_go: bool) -> Life:
    """Any such life, in which what came first is let go of or not."""
    before = draw(histories())
    bodies = [spoken.body for request in before for spoken in request.spoken if spoken.event]
    misread = draw(st.frozensets(st.sampled_from(bodies))) if bodies else frozenset[bytes]()
    again = [request._replace(at=draw(ARRIVALS)) for request in draw(retellings(before))]
    if let_go:
        before = [request._replace(at=request.at - AGE) for request in before]
    later = draw(st.permutations([*again, *draw(histories())]))
    return Life(before, misread, draw(st.integers(1, 2)), let_go, list(later))


def assert_lived(served: Served, life: Life, chunk: int) -> None:
    """At each turn every view and every report shows what the rules say."""
    with (
        closing(served.writer()) as writer,
        closing(served.reader()) as reader,
        tempfile.TemporaryDirectory() as folder,
    ):
        empty(writer)
        installed = Installed(Path(folder))
        mistaken = {name: Mistaken(adapter, life.mistakes) for name, adapter in adapters.items()}
        right = Reading(2, SOURCES, adapters)
        homes: Homes = {}

        installed.receive(life.before)
        installed.consume(writer, chunk, Reading(1, SOURCES, mistaken))
        told = tellings(life.before, homes, 1, lambda body, event: _misread(life.mistakes, body, event))
        _assert_shown(writer, reader, told, [])

        for _ in range(life.replays):
            installed.replay()
            installed.consume(writer, chunk, right)
        told += tellings(life.before, homes, 2)
        _assert_shown(writer, reader, told, [])

        oldest = OLDEST if life.let_go else 0
        try:
            if oldest:
                _let_go(writer)
            installed.receive(life.later)
            installed.replay()
            installed.consume(writer, chunk, right, oldest)
            late = tellings(life.later, homes, 2)
            gone = [one for one in told if one.home < oldest]
            _assert_shown(writer, reader, [one for one in told + late if one.home >= oldest], gone)
            # Everything came once more by the replay.
            expired = [one for one in [*tellings(life.before, homes), *late, *late] if one.home < oldest]
            assert writer.query("SELECT sum(expired) FROM delivrd.chunks") == [(len(expired),)]
        finally:
            apply_retention(writer, _keeping(0))


def _misread(mistakes: Mistakes, body: bytes, event: Event) -> Event:
    return mistakes.read(body, event) or event


def _keeping(days: int) -> Retention:
    return Retention(messages=days, texts=0, dead_letters=0, figures=0)


def _let_go(writer: Warehouse) -> None:
    """As it comes to pass by itself: whole months go, a while after the last of their days."""
    apply_retention(writer, _keeping((now_ms() - OLDEST) // DAY))
    merge(writer, "events", "messages")


def _assert_shown(writer: Warehouse, reader: Warehouse, told: Sequence[Telling], gone: Sequence[Telling]) -> None:
    """`gone` has been let go of: it is in the figures by hour as it last stood, and nowhere else."""
    work_out(writer)
    messages, inbound = list(model.messages(told).values()), model.inbound(told)
    by_id = sorted(messages, key=lambda row: (row.source, row.message_id, row.recipient))
    assert shown(reader, "messages", model.Message) == by_id
    assert sorted(shown(reader, "inbound", model.Inbound)) == sorted(inbound)
    counted = reader.query("SELECT toUnixTimestamp(hour) * 1000, status, sum(messages) FROM deliveries GROUP BY ALL")
    expected: dict[tuple[int, str], int] = {}
    for route, figure in figures.deliveries([*messages, *model.messages(gone).values()]).items():
        key = (route.hour, route.status.value)
        expected[key] = expected.get(key, 0) + figure.messages
    assert {(hour, status): count for hour, status, count in counted} == expected
    for since, now in ((NOON - AGE - DAY, NOON), (NOON - DAY, NOON + 2 * DAY)):
        if gone and since < OLDEST:
            continue  # some of these reports are made of messages, some of figures
        asked = Asked(since, since + AGE + 3 * DAY, now)
        for name, rule in REPORTS.items():
            assert_same(report(reader, name, asked), rule(messages, asked), name)
        assert_same(report(reader, "inbound", asked), reporting.inbound(inbound, asked), "inbound")
