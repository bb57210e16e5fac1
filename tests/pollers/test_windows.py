"""Windows over a list: no gap between them, smaller where an answer is too large, never shorter than meant."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pollers.windows import LONGEST_MS, SECOND_MS, is_whole, resized, shown, smaller, window

NOW = 1_790_078_400_000
MOMENTS = st.integers(NOW - 10**9, NOW)


@given(MOMENTS, st.lists(st.integers(SECOND_MS, LONGEST_MS), min_size=1, max_size=20))
def test_windows_follow_one_another_without_a_gap(begin: int, spans: list[int]) -> None:
    first = window(begin, spans[0], NOW)
    assert first.begin <= begin
    for span in spans:
        found = window(begin, span, NOW)
        assert found.begin <= begin
        assert found.begin <= found.end <= NOW
        assert found.end - found.begin <= span
        begin = found.end


@given(st.integers(SECOND_MS, LONGEST_MS), st.integers(2, 10_000))
def test_it_shrinks_to_a_second_and_grows_back(span: int, too_large: int) -> None:
    small = span
    while not is_whole(too_large, too_large, small):
        small = smaller(small)
    assert small == SECOND_MS
    for _ in range(20):
        small = resized(small, 0, too_large)
    assert small == LONGEST_MS


def test_an_answer_that_nearly_is_too_large_lets_it_be() -> None:
    assert resized(60_000, 99, 100) == 60_000
    assert resized(60_000, 25, 100) == 120_000


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("at", "begin", "end"),
    [
        ("2026-07-01T10:00:00Z", "2026-07-01 12:00:00", "2026-07-01 12:00:00"),
        # The night of autumn: 02:30 comes twice.
        ("2026-10-25T00:30:00Z", "2026-10-25 01:30:00", "2026-10-25 03:30:00"),
        ("2026-10-25T01:30:00Z", "2026-10-25 01:30:00", "2026-10-25 03:30:00"),
        ("2026-10-25T02:30:00Z", "2026-10-25 03:30:00", "2026-10-25 03:30:00"),
        # The night of spring: 02:30 never comes.
        ("2026-03-29T00:30:00Z", "2026-03-29 01:30:00", "2026-03-29 01:30:00"),
        ("2026-03-29T01:30:00Z", "2026-03-29 03:30:00", "2026-03-29 03:30:00"),
    ],
)
def test_in_paris_a_window_is_never_shorter_than_meant(at: str, begin: str, end: str) -> None:
    assert shown(moment(at), "Europe/Paris", -1) == begin
    assert shown(moment(at), "Europe/Paris", 1) == end


@given(st.integers(NOW, NOW + 366 * 86_400_000), st.sampled_from(["Europe/Paris", "Australia/Lord_Howe", "UTC"]))
def test_whichever_of_two_hours_the_provider_takes(at: int, zone: str) -> None:
    at = at // 1000 * 1000
    for fold in (0, 1):
        read = [
            datetime.fromisoformat(shown(at, zone, widen)).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() * 1000
            for widen in (-1, 1)
        ]
        assert read[0] <= at <= read[1]
