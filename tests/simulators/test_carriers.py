from collections import Counter
from itertools import pairwise

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.status import FINAL_RANK, RANK, Status
from simulators.carriers import CARRIERS, Carrier, Effect, Fault, carrier_of, effect_on, number_in, number_of, play

CLARO = CARRIERS[0]
MESSAGES = [f"message {number}" for number in range(4_000)]


def last(carrier: Carrier, effect: Effect | None = None) -> Counter[Status]:
    return Counter(play(1, message, carrier, effect)[-1].status for message in MESSAGES)


@given(st.integers(), st.text(max_size=20), st.sampled_from(CARRIERS), st.sampled_from([None, *Effect]), st.booleans())
def test_histories_begin_at_once_and_only_ever_advance(
    seed: int, message: str, carrier: Carrier, effect: Effect | None, revives: bool
) -> None:
    history = play(seed, message, carrier, effect, revives=revives)
    assert history == play(seed, message, carrier, effect, revives=revives)
    assert history[0].delay == 0
    # More than the 50 ms by which a provider's second word for a step comes later.
    assert all(later.delay - earlier.delay > 50 for earlier, later in pairwise(history))
    ranks = [RANK[step.status] for step in history]
    assert ranks == sorted(set(ranks))


def test_another_seed_is_another_history() -> None:
    assert any(play(1, message, CLARO) != play(2, message, CLARO) for message in MESSAGES[:5])


def test_one_in_twenty_five_gets_no_final_report() -> None:
    states = last(CLARO)
    assert states[Status.SENT] / len(MESSAGES) == pytest.approx(0.04, abs=0.01)
    assert states[Status.DELIVERED] / len(MESSAGES) == pytest.approx(0.96 * 0.95, abs=0.02)


def test_outcomes_are_the_carriers_own() -> None:
    worse = Carrier("XX", "Bad", ("999",), 10, undeliverable=0.5, rejected=0.0)
    assert last(worse)[Status.UNDELIVERABLE] / len(MESSAGES) == pytest.approx(0.96 * 0.5, abs=0.03)
    assert not last(worse)[Status.REJECTED]


def test_some_expired_messages_are_delivered_after_all_where_that_is_told() -> None:
    expiring = Carrier("XX", "Late", ("999",), 10, expired=1.0, undeliverable=0.0)
    revived = [play(1, message, expiring, revives=True) for message in MESSAGES]
    both = [steps for steps in revived if [s.status for s in steps[-2:]] == [Status.EXPIRED, Status.DELIVERED]]
    assert len(both) / len(MESSAGES) == pytest.approx(0.96 * 0.1, abs=0.03)
    assert not last(expiring)[Status.DELIVERED]


def test_a_failing_carrier_delivers_nothing() -> None:
    assert set(last(CLARO, Effect.FAILS)) <= {Status.UNDELIVERABLE, Status.SENT}


def test_a_silent_carrier_reports_nothing_final() -> None:
    assert all(RANK[status] < FINAL_RANK for status in last(CLARO, Effect.SILENT))


def test_a_slow_carrier_comes_to_the_same_end_later() -> None:
    for message in MESSAGES[:50]:
        usual, slow = play(1, message, CLARO), play(1, message, CLARO, Effect.SLOW)
        assert usual[-1].status is slow[-1].status
        assert usual[-1].delay < slow[-1].delay


def test_faults_touch_their_carrier_their_time_and_their_share() -> None:
    fault = Fault(Effect.FAILS, carrier="Claro", country="BR", share=0.5, begin=100, end=200)
    assert effect_on([fault], CLARO, 150, 0.4) is Effect.FAILS
    assert effect_on([fault], CLARO, 99, 0.4) is None
    assert effect_on([fault], CLARO, 200, 0.4) is None
    assert effect_on([fault], CLARO, 150, 0.5) is None
    assert effect_on([fault], CARRIERS[1], 150, 0.4) is None
    assert effect_on([Fault(Effect.SLOW)], CARRIERS[1], 0, 0.9) is Effect.SLOW


@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: f"{carrier.country} {carrier.name}")
def test_numbers_are_valid_and_lead_back_to_their_carrier(carrier: Carrier) -> None:
    from phonenumbers import carrier as ranges

    for index in range(30):
        number = number_of(carrier, 7, index)
        assert carrier_of(number) is carrier
        parsed = phonenumbers.parse("+" + number)
        assert phonenumbers.is_valid_number(parsed), number
        assert phonenumbers.region_code_for_number(parsed) == carrier.country
        assert ranges.name_for_number(parsed, "en") == carrier.name, number


def test_countries_use_their_carriers_by_weight() -> None:
    names = Counter(carrier_of(number_in("BR", 1, index)).name for index in range(2_000))
    assert names["Claro"] / 2_000 == pytest.approx(0.33, abs=0.05)
    assert set(names) == {carrier.name for carrier in CARRIERS if carrier.country == "BR"}


def test_unknown_numbers_have_a_carrier_all_the_same() -> None:
    assert carrier_of("15550001").name == "elsewhere"
