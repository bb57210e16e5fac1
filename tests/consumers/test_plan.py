"""The plan of a chunk: outcomes, and that a chunk read again makes the same rows."""

from collections import Counter
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from consumers.copies import copies_of_dead
from consumers.memory import Known
from consumers.normalize import Normalized, Position, parse_replay_of, replay_of
from consumers.plan import Plan, Row, dead_id, plan
from pipeline.warehouse.retention import Oldest
from schemas.providers import adapters
from schemas.status import Status
from tests.consumers.making import DAY, NOON, SOURCES, here, item, record, report

EVER = Oldest(0, 0)


def planned(items: list[Normalized], known: dict[int, Known] | None = None, reading: int = 1) -> Plan:
    return plan(items, known or {}, {}, reading, Oldest(NOON - 400 * DAY, NOON - 90 * DAY))


def test_the_first_telling_is_stored_and_the_second_is_a_repeat() -> None:
    made = planned([item(record(report()), 1), item(record(report(), NOON + 5), 2)])
    assert made.outcomes == Counter(stored=1, repeated=1)
    assert [row.first for row in made.events] == [here(1), here(1)]
    assert made.events[0] == made.events[1]


def test_another_status_of_the_same_message_is_another_fact_at_the_same_home() -> None:
    made = planned([item(record(report(status="EXPIRED")), 1), item(record(report(), NOON + 3 * DAY), 2)])
    assert made.outcomes == Counter(stored=2)
    assert {row.home for row in made.events} == {NOON}
    assert len(made.homes) == 1


def test_a_known_message_keeps_its_home() -> None:
    first = planned([item(record(report()), 1)])
    later = planned([item(record(report(status="EXPIRED"), NOON + DAY), 2)], first.learned)
    assert later.homes == []
    assert later.events[0].home == NOON


def test_what_was_known_is_not_changed_by_planning() -> None:
    first = planned([item(record(report()), 1)])
    before = msgspec.msgpack.encode({str(key): len(known.facts) for key, known in first.learned.items()})
    planned([item(record(report(status="EXPIRED")), 2)], first.learned)
    assert before == msgspec.msgpack.encode({str(key): len(known.facts) for key, known in first.learned.items()})


def test_an_earlier_arrival_that_comes_later_lends_its_time_to_the_first_telling() -> None:
    first = planned([item(record(report(at=""), NOON + 1000), 1)])
    later = planned([item(record(report(at=""), NOON), 2)], first.learned)
    assert later.outcomes == Counter(repeated=1)
    assert later.events[0].event.received_at == NOON
    assert later.events[0].first == here(1)


def test_a_repeat_without_a_time_of_its_own_keeps_the_time_of_the_first() -> None:
    made = planned([item(record(report(at="")), 1), item(record(report(at=""), NOON + 60_000), 2)])
    assert {row.event.occurred_at for row in made.events} == {NOON}


def test_a_copy_takes_the_place_of_its_original() -> None:
    first = planned([item(record(report()), 1)])
    copy = item(record(report(), replay_of=replay_of(here(1))), 9)
    made = planned([copy], first.learned, reading=2)
    assert made.outcomes == Counter(repeated=1)
    assert made.events[0].first == here(1)
    assert next(iter(made.learned.values())).facts[made.events[0].event.identity].reading == 2


def test_the_same_unreadable_bytes_are_one_dead_letter() -> None:
    bad = b'{"what":"is this"}'
    made = planned([item(record(bad), 1), item(record(bad, NOON + 1), 2), item(record(b"{}"), 3)])
    assert made.outcomes == Counter(dead_lettered=2, repeated=1)
    assert {dead.offset for dead in made.dead.values()} == {1, 3}


def test_a_dead_letter_read_again_after_a_crash_is_entered_again_and_elsewhere_is_a_repeat() -> None:
    bad = item(record(b"{}"), 4)
    again = plan([bad], {}, {dead_id(bad): here(4)}, 1, EVER)
    assert again.outcomes == Counter(dead_lettered=1)
    elsewhere = plan([bad], {}, {dead_id(bad): here(2)}, 1, EVER)
    assert elsewhere.outcomes == Counter(repeated=1)
    assert not elsewhere.dead


def test_a_copy_that_can_be_read_closes_its_dead_letter_and_one_that_cannot_leaves_it_open() -> None:
    good = item(record(report(), replay_of=replay_of(here(1), 77)), 5)
    assert planned([good]).replayed == [77]
    bad = item(record(b"{}", replay_of=replay_of(here(1), 77)), 6)
    made = plan([bad], {}, {dead_id(bad): here(1)}, 1, EVER)
    assert made.replayed == []
    assert made.outcomes == Counter(repeated=1)


def test_a_body_kept_without_a_key_is_read_only_as_a_copy_that_has_one() -> None:
    """Without a key it may stand in any partition, where its message has another writer."""
    kept = item(record(report(), key=None), 1)
    assert kept.dead is not None
    assert kept.dead.reason == "error"
    (copy,) = copies_of_dead(kept.record, dead_id(kept), here(1), SOURCES, adapters)
    made = planned([kept, item(copy, 2)])
    assert made.outcomes == Counter(dead_lettered=1, stored=1)
    assert made.replayed == [dead_id(kept)]


def test_a_letter_of_several_reports_is_closed_by_its_last_copy_alone() -> None:
    """Where only some of the copies got into the log, it can be replayed again."""
    letter = record(b"[" + report("a") + b"," + report("b") + b"]", key=None)
    copies = copies_of_dead(letter, 77, here(1), SOURCES, adapters)
    assert [parse_replay_of(copy.replay_of) for copy in copies] == [(here(1), None), (here(1), 77)]


def test_what_is_past_the_retention_is_counted_and_not_stored() -> None:
    made = planned([item(record(report(), NOON - 401 * DAY), 1)])
    assert made.outcomes == Counter(expired=1)
    assert (made.homes, made.events, made.learned) == ([], [], {})


def test_what_could_not_be_read_has_a_retention_of_its_own() -> None:
    made = planned([item(record(b"{", NOON - days * DAY), days) for days in (91, 89)])
    assert made.outcomes == Counter(expired=1, dead_lettered=1)
    assert [kept.offset for kept in made.dead.values()] == [89]


STATUSES = st.sampled_from(["DELIVRD", "EXPIRED", "REJECTD", "nonsense"])
TELLINGS = st.tuples(
    st.sampled_from(["a", "b", "c"]), STATUSES, st.sampled_from(["", "2026-09-21T12:00:00Z"]), st.integers(0, 5)
)


@given(tellings=st.lists(TELLINGS, min_size=1, max_size=12), cuts=st.sets(st.integers(1, 11)))
def test_a_chunk_read_again_makes_the_same_rows_and_outcomes(
    tellings: list[tuple[str, str, str, int]], cuts: set[int]
) -> None:
    """The warehouse is a dictionary here: what is planned is stored, then the same chunk comes once more."""
    items = [
        item(record(report(name, status, at), NOON + late), offset)
        for offset, (name, status, at, late) in enumerate(tellings, 1)
    ]
    stored: dict[int, Known] = {}
    outcomes: Counter[str] = Counter()
    edges = [0, *sorted(cut for cut in cuts if cut < len(items)), len(items)]
    for start, end in pairwise(edges):
        made = planned(items[start:end], stored)
        again = planned(items[start:end], {**stored, **made.learned})
        assert winners(again.events) == winners(made.events)
        assert again.outcomes == made.outcomes
        stored |= made.learned
        outcomes += made.outcomes
    distinct = {(one.message, one.event.identity) for one in items if one.event}
    assert outcomes["stored"] == len(distinct)
    assert outcomes.total() == len(items)
    for one in items:
        assert one.event is not None
        about = stored[one.message]
        same = [
            other.event.received_at for other in items if other.event and other.event.identity == one.event.identity
        ]
        assert about.facts[one.event.identity].received_at == min(same)
        assert one.event.status in Status


def winners(rows: list[Row]) -> dict[int, tuple[int, int, Position, int]]:
    """The row that stays of each fact: the earliest."""
    latest_first = sorted(rows, key=lambda row: -row.event.received_at)
    return {
        row.event.identity: (row.event.received_at, row.event.occurred_at, row.first, row.home) for row in latest_first
    }
