"""Which messages are asked about: soon at first, then seldom; no old one starved, no new one late."""

import random

from hypothesis import given
from hypothesis import strategies as st

from pollers.schedule import HOUR_MS, UNSURE_MS, Last, Open, Policy, choose, due, waiting

POLICY = Policy()
MINUTE = 60_000
MOMENTS = st.integers(0, 100 * HOUR_MS)
DUE = st.lists(st.tuples(MOMENTS, MOMENTS, st.integers(0, 60).map(str)), max_size=60, unique_by=lambda one: one[2])
ROOM = st.integers(2, 40)


@given(born=MOMENTS, pauses=st.lists(st.integers(0, HOUR_MS), max_size=30))
def test_soon_at_first_then_ever_more_seldom(born: int, pauses: list[int]) -> None:
    when = due(born, None, POLICY)
    assert when == born + POLICY.first
    last = 0
    for pause in pauses:
        asked = when + pause
        when = due(born, Last(asked), POLICY)
        waits = when - asked
        assert POLICY.first <= waits <= POLICY.longest
        assert waits >= last
        last = waits


def test_the_times_of_a_message_that_never_ends() -> None:
    ages: list[int] = []
    now = 0
    while (now := due(0, Last(ages[-1]) if ages else None, POLICY)) < POLICY.give_up:
        ages.append(now)
    assert [age // 1000 for age in ages[:6]] == [5, 10, 15, 22, 33, 50]
    assert len(ages) < 40
    assert ages[-1] - ages[-2] == POLICY.longest


def test_a_question_before_the_birth_does_not_count() -> None:
    """An id that was asked about in vain, and then handed in."""
    assert due(1_000_000, Last(5), POLICY) == 1_000_000 + POLICY.first


@given(born=MOMENTS, age=st.integers(0, 72 * HOUR_MS), failures=st.integers(1, 100))
def test_without_an_answer_it_is_asked_again_sooner_and_never_later(born: int, age: int, failures: int) -> None:
    answered = due(born, Last(born + age), POLICY)
    again = due(born, Last(born + age, failures), POLICY)
    assert born + age + POLICY.again <= again <= answered
    assert due(born, Last(born + age, 1), POLICY) == born + age + POLICY.again
    assert again <= due(born, Last(born + age, failures + 1), POLICY)


@given(born=MOMENTS, now=MOMENTS)
def test_nothing_is_asked_after_it_was_given_up(born: int, now: int) -> None:
    found = waiting([Open("a", born)], {}, now, POLICY)
    assert bool(found) == (born > now or POLICY.first <= now - born < POLICY.give_up)


def test_a_message_from_the_future_is_asked_about_now_and_not_all_the_time() -> None:
    """A clock is hours ahead of ours, or its zone is another than was said."""
    messages = [Open("a", 10 * HOUR_MS)]
    assert waiting(messages, {}, HOUR_MS, POLICY) == [(HOUR_MS, 10 * HOUR_MS, "a")]
    asked = {"a": Last(HOUR_MS)}
    assert waiting(messages, asked, HOUR_MS + UNSURE_MS - 1, POLICY) == []
    assert waiting(messages, asked, HOUR_MS + UNSURE_MS, POLICY) != []


@given(DUE, ROOM)
def test_what_is_chosen_is_due_and_chosen_once(due_now: list[tuple[int, int, str]], room: int) -> None:
    chosen = choose(due_now, room)
    assert len(chosen) == len(set(chosen)) == min(room, len(due_now))
    assert set(chosen) <= {one[2] for one in due_now}


@given(DUE.filter(bool), ROOM)
def test_half_of_the_room_is_for_those_that_waited_longest_and_half_for_the_newest(
    due_now: list[tuple[int, int, str]], room: int
) -> None:
    chosen = set(choose(due_now, room))
    longest = sorted(due_now)[: room // 2]
    newest = sorted(due_now, key=lambda one: -one[1])[: room // 2]
    assert {one[2] for one in longest} <= chosen
    # Of several that were born at the same moment, any.
    assert {one[1] for one in newest} <= {born for _, born, name in due_now if name in chosen}


def test_ten_thousand_open_messages() -> None:
    """Ten thousand from one moment, one more every ten seconds, and 600 questions a minute: every message that is due
    is asked within two passes over all, and every new one within seconds.
    """
    open_at = 10_000
    rate, tick = 600, 5_000
    room = rate * tick // MINUTE
    messages = [Open(f"old-{number}", 0) for number in range(open_at)]
    random.Random(1).shuffle(messages)
    asked: dict[str, Last] = {}
    longest_wait, latest_new, questions = 0, 0, 0
    limit = 2 * open_at * MINUTE // rate
    end = limit + 10 * MINUTE
    for now in range(tick, end, tick):
        if now % 10_000 == 0:
            messages.append(Open(f"new-{now}", now))
        due_now = waiting(messages, asked, now, POLICY)
        times = {name: (when, born) for when, born, name in due_now}
        for name in choose(due_now, room):
            when, born = times[name]
            longest_wait = max(longest_wait, now - when)
            if name.startswith("new") and name not in asked:
                latest_new = max(latest_new, now - born)
            asked[name] = Last(now)
            questions += 1
    assert questions <= rate * end // MINUTE
    assert len(asked) >= len(messages) - 1, "somebody was never asked"
    assert longest_wait <= limit
    assert latest_new <= POLICY.first + tick
