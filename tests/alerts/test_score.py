"""The formulas: what they come to, and what must hold whatever the figures."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import baseline, healing, score
from alerts.baseline import History
from alerts.kinds import Kind
from alerts.scope import ACCOUNT
from alerts.track import Track

rates = st.floats(0.001, 0.95)
counts = st.tuples(st.integers(0, 500), st.integers(0, 500)).map(lambda pair: (min(pair), max(pair)))


def track(ref: float) -> Track:
    made = Track(ACCOUNT, Kind.FAILURES)
    made.ref, made.weights = ref, score.weights(ref)
    return made


@pytest.mark.parametrize(
    ("p", "rho", "z", "floor", "ceiling", "expected"),
    [
        (0.05, 0.01, 6.0, 0.05, None, 0.05 + 6 * math.sqrt(0.05 * 0.95 * 0.01)),
        (0.05, 0.0005, 6.0, 0.10, None, 0.15),
        (0.5, 0.3, 6.0, 0.05, None, 0.9),
        (0.01, 0.01, 6.0, 0.05, 0.2, 0.2),
    ],
)
def test_the_worst_normal_rate(
    p: float, rho: float, z: float, floor: float, ceiling: float | None, expected: float
) -> None:
    assert baseline.worst_normal(p, rho, z, floor, ceiling) == pytest.approx(expected)


def test_without_history_the_parent_s_rate_counts() -> None:
    assert baseline.usual_rate(History(), 0.07) == pytest.approx(0.07)
    assert baseline.usual_rate(History(k=100, n=100), 0.0) == pytest.approx(0.5)


def test_a_binomial_rate_has_no_spread_and_all_or_nothing_has_the_greatest() -> None:
    even, torn = History(), History()
    for number in range(200):
        even.add(10, 100, 0.1)
        torn.add(100 * (number % 10 == 0), 100, 0.1)
    assert baseline.usual_spread(even, 0.0005) == baseline.LEAST_SPREAD
    assert baseline.usual_spread(torn, 0.0005) > 0.02


def test_one_bin_cannot_blind_a_route() -> None:
    assert baseline.bin_spread(1000, 1000, 0.01) == baseline.MOST_SPREAD


@pytest.mark.parametrize("bad", [7, 12])
def test_a_total_outage_rings_after_some_ten_messages(bad: int) -> None:
    watched = track(0.1 if bad == 7 else 0.3)
    for minute in range(bad + 3):
        watched.meet(minute, 1, 1)
        if watched.peak >= score.RING:
            break
    assert minute + 1 <= bad


def test_no_single_batch_rings() -> None:
    watched = track(0.1)
    watched.meet(0, 1000, 1000)
    assert watched.peak == score.MOST_A_MINUTE < score.RING


@given(rates, st.lists(counts, max_size=60))
def test_a_score_never_rises_without_evidence(ref: float, minutes: list[tuple[int, int]]) -> None:
    watched = track(ref)
    for number, (k, n) in enumerate(minutes):
        before = list(watched.scores)
        watched.meet(number, k, n)
        assert all(0.0 <= value <= score.MOST for value in watched.scores)
        if k <= ref * n:
            assert all(after <= earlier for after, earlier in zip(watched.scores, before, strict=True))


@given(rates, counts)
def test_more_that_goes_wrong_is_never_less_evidence(ref: float, pair: tuple[int, int]) -> None:
    k, n = pair
    for bad_weight, good_weight in score.weights(ref):
        assert k * bad_weight + (n - k) * good_weight <= (k + 1) * bad_weight + max(0, n - k - 1) * good_weight + 1e-9


@given(rates, counts)
def test_healing_is_the_other_way_round(ref: float, pair: tuple[int, int]) -> None:
    k, n = pair
    q = healing.bad_rate(k / n if n else 0.0, ref)
    assert healing.heal(1.0, 0, n, ref, q) >= 1.0
    assert healing.heal(1.0, n, n, ref, q) <= 1.0
