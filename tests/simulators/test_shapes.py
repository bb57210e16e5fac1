from datetime import UTC, datetime

import pytest

from simulators.shapes import iso, local, number_digits, parse_local, php_date


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_php_dates_with_a_zones_name() -> None:
    assert php_date(at("2023-11-02T21:44:43"), "Europe/Paris", 3) == {
        "date": "2023-11-02 22:44:43.000000",
        "timezone_type": 3,
        "timezone": "Europe/Paris",
    }


def test_php_dates_with_an_offset() -> None:
    assert php_date(at("2021-07-11T10:59:26"), "Europe/Paris", 1) == {
        "date": "2021-07-11 12:59:26.000000",
        "timezone_type": 1,
        "timezone": "+02:00",
    }


@pytest.mark.parametrize(
    ("moment", "told"), [("2026-10-25T00:30:00", "+02:00"), ("2026-10-25T01:30:00", "+01:00")], ids=["first", "second"]
)
def test_the_hour_that_comes_twice_differs_by_its_offset_alone(moment: str, told: str) -> None:
    dump = php_date(at(moment), "Europe/Paris", 1)
    assert (dump["date"], dump["timezone"]) == ("2026-10-25 02:30:00.000000", told)


def test_iso_and_local_times() -> None:
    moment = at("2026-04-12T10:30:00") + 999
    assert iso(moment) == "2026-04-12T10:30:00Z"
    assert local(moment, "Africa/Kampala") == "2026-04-12 13:30:00"


def test_local_times_are_read_back() -> None:
    assert parse_local("2026-04-12 12:30:00", "Europe/Paris") == at("2026-04-12T10:30:00")
    assert parse_local("2026-04-12", "UTC") == at("2026-04-12T00:00:00")
    assert parse_local("soon", "UTC") is None
    assert parse_local("2026-04-12", "no/zone") is None


@pytest.mark.parametrize("number", ["5511999999999", "+55 11 99999-9999", "005511999999999"])
def test_digits_of_numbers(number: str) -> None:
    assert number_digits(number) == "5511999999999"
