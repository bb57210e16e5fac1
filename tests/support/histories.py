"""Random histories of both providers' webhooks, and what must hold of them whatever happens on the way.

The bodies go through the receiver's reading, a real log, the consumer and a real engine; what the public views show
is compared with the rules in plain Python (`tests/model.py`).
"""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from consumers.plan import OUTCOMES
from pipeline.warehouse import Warehouse
from tests import model
from tests.services import empty
from tests.support.consuming import Installed, Request, tellings, totals
from tests.support.saying import Spoken
from tests.support.spoken import SPOKEN

NOON = 1_790_078_400_000
ARRIVALS = st.integers(NOON - 1000, NOON + 3 * 3_600_000)


@st.composite
def histories(draw: st.DrawFn) -> list[Request]:
    """What the providers send, the first time: each of a few things, alone or several in a body."""
    # Much at once costs little more, and lets facts of one message meet; little is easier to understand.
    spoken = draw(st.lists(SPOKEN, min_size=1, max_size=5) | st.lists(SPOKEN, min_size=20, max_size=50))
    requests: list[Request] = []
    for one in spoken:
        last = requests[-1] if requests else None
        if last and last.takes(one) and draw(st.booleans()):
            requests[-1] = last._replace(spoken=(*last.spoken, one))
        else:
            requests.append(Request(draw(ARRIVALS), (one,)))
    return requests


@st.composite
def retellings(draw: st.DrawFn, history: Sequence[Request]) -> list[Request]:
    """The same with any of it sent again, later or at the same time, in other company, and all of it in any order."""
    again: list[Request] = []
    for request in draw(st.lists(st.sampled_from(history), max_size=10)):
        later = request.at + draw(st.sampled_from([0, 1, 60_000]))
        parts: tuple[Spoken, ...] = tuple(draw(st.permutations(request.spoken)))
        again.append(Request(later, parts[: draw(st.integers(1, len(parts)))]))
    return list(draw(st.permutations([*history, *again])))


@st.composite
def told_twice(draw: st.DrawFn) -> tuple[list[Request], list[Request]]:
    """A history, and the same told otherwise."""
    history = draw(histories())
    return history, draw(retellings(history))


CHUNKS = st.sampled_from([2, 5, 11, 1000])
"""Records a chunk."""
DEATHS = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=4)
"""As Mortal takes them."""


def assert_any_order_and_any_repeats_show_what_the_rules_say(
    warehouse: Warehouse, told: tuple[list[Request], list[Request]], chunks: tuple[int, int]
) -> None:
    """Both tellings of a history show what the rules say, and but for the homes they show the same."""
    once, again = told
    assert_as_the_rules_say(warehouse, once, lambda installed: installed.consume(warehouse, chunks[0]))
    rows = _without_home(warehouse)
    assert_as_the_rules_say(warehouse, again, lambda installed: installed.consume(warehouse, chunks[1]))
    assert _without_home(warehouse) == rows


class Died(BaseException):
    """What no part of the consumer expects."""


class Mortal(Warehouse):
    """A way to the warehouse on which the consumer dies: at an insert, or right after it, without a word of it.

    `deaths` says how many inserts each life lasts, and whether its last one still arrives.
    """

    def __init__(self, behind: Warehouse, deaths: Sequence[tuple[int, bool]]) -> None:
        super().__init__(behind.servers, behind.user, behind.password, behind.database)
        self._behind = behind
        self._deaths = list(deaths)

    def insert(self, *arguments: Any) -> None:
        """Counts down to the next death."""
        if self._deaths:
            left, arrives = self._deaths[0]
            if left == 0:
                self._deaths.pop(0)
                if arrives:
                    self._behind.insert(*arguments)
                raise Died
            self._deaths[0] = left - 1, arrives
        self._behind.insert(*arguments)

    def query(self, *arguments: Any, **named: Any) -> list[tuple[Any, ...]]:
        """As it is."""
        return self._behind.query(*arguments, **named)


def assert_no_death_shows(
    warehouse: Warehouse, requests: list[Request], chunk: int, deaths: Sequence[tuple[int, bool]]
) -> None:
    """Wherever the consumer dies (see Mortal), the next one goes on as if nothing had been."""
    mortal = Mortal(warehouse, deaths)

    def consume(installed: Installed) -> None:
        done = False
        while not done:
            with suppress(Died):
                installed.consume(mortal, chunk)
                done = True

    assert_as_the_rules_say(warehouse, requests, consume)


def assert_as_the_rules_say(
    warehouse: Warehouse, requests: Sequence[Request], consume: Callable[[Installed], None]
) -> None:
    """After `consume` has done whatever it does with a log that holds the requests' records."""
    empty(warehouse)
    with tempfile.TemporaryDirectory() as folder:
        installed = Installed(Path(folder))
        installed.receive(requests)
        consume(installed)
        audit = installed.audit(warehouse)
    told = tellings(requests)
    messages = sorted(model.messages(told).values(), key=lambda row: (row.source, row.message_id, row.recipient))
    assert shown(warehouse, "messages", model.Message) == messages
    assert sorted(shown(warehouse, "inbound", model.Inbound)) == sorted(model.inbound(told))
    expected = totals(requests)
    assert {name: getattr(audit, name) for name in OUTCOMES} == {name: expected[name] for name in OUTCOMES}
    assert audit.complete
    [counted] = warehouse.query(f"SELECT {', '.join(f'sum({name})' for name in OUTCOMES)} FROM delivrd.chunks")
    assert counted == tuple(expected[name] for name in OUTCOMES)
    assert warehouse.query("SELECT count() FROM delivrd.events") == [(expected["stored"],)]
    assert warehouse.query("SELECT count() FROM delivrd.dead_letters") == [(expected["dead_lettered"],)]


def shown(warehouse: Warehouse, view: str, kind: type[Any]) -> list[Any]:
    """The rows of a public view as the model has them."""
    columns = kind.__struct_fields__
    rows = warehouse.query(f"SELECT {', '.join(columns)} FROM delivrd.{view} ORDER BY source, message_id, recipient")
    return [msgspec.convert(dict(zip(columns, row, strict=True)), kind) for row in rows]


def _without_home(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """All that does not depend on which record came first: every row of the views for people.

    What was observed of balances and devices is named by when it was: told at another time, it is another fact.
    An event's details are those of its first telling.
    """
    return [
        *warehouse.query("SELECT * EXCEPT (home) FROM delivrd.messages ORDER BY ALL"),
        *warehouse.query("SELECT * EXCEPT (home) FROM delivrd.inbound ORDER BY ALL"),
        *warehouse.query(
            "SELECT source, kind, origin, message_id, identity, status FROM delivrd.events "
            "WHERE kind NOT IN ('balance', 'device') ORDER BY ALL"
        ),
    ]
