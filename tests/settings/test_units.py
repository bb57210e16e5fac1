"""Durations and sizes as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.settings.units import format_size, parse_days, parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("24h", 86400), ("7d", 604800), ("2w", 1209600), (" 1 d ", 86400)]
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "d", "7", "7 days", "-1d", "1.5d", "1d2h", "٣d", "9999999999d", "7D"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="must be a duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["36h", "90s"])
def test_no_whole_days(text: str) -> None:
    with pytest.raises(ValueError, match="whole days"):
        parse_days(text)


def test_days() -> None:
    assert (parse_days("30d"), parse_days("48h"), parse_days("1w"), parse_days("0d")) == (30, 2, 7, 0)


@pytest.mark.parametrize(
    ("text", "count"),
    [("17B", 17), ("512MB", 512_000_000), ("20 GB", 20_000_000_000), ("1GiB", 2**30), ("1.5KiB", 1536), ("1kb", 1000)],
)
def test_sizes(text: str, count: int) -> None:
    assert parse_size(text) == count


@pytest.mark.parametrize("text", ["", "20", "GB", "20G", "1iB", "-1GB", "1,5GB", "1e3B", "٣GB"])
def test_no_sizes(text: str) -> None:
    with pytest.raises(ValueError, match="must be a size"):
        parse_size(text)


@given(st.integers(0, 10**15))
def test_a_size_is_shown_within_half_a_percent(count: int) -> None:
    shown = parse_size(format_size(count))
    assert abs(shown - count) <= count * 0.005
