import pytest

from schemas import times
from schemas.times import LATEST
from tests.schemas.support import ms

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-04-12T10:30:00Z", "2026-04-12T10:30:00+00:00"),
        ("2026-04-12T10:30:00.250Z", "2026-04-12T10:30:00.250+00:00"),
        ("2026-04-12T10:30:00.123456789Z", "2026-04-12T10:30:00.123+00:00"),
        ("2026-04-12T07:30:00-03:00", "2026-04-12T10:30:00+00:00"),
        ("2026-04-12 10:30:00", "2026-04-12T10:30:00+00:00"),
        ("2026-04-12", "2026-04-12T00:00:00+00:00"),
        ("20260412T103000Z", "2026-04-12T10:30:00+00:00"),
        (1775989800, "2026-04-12T10:30:00+00:00"),
        (1775989800000, "2026-04-12T10:30:00+00:00"),
        (1775989800.5, "2026-04-12T10:30:00.500+00:00"),
        ("1775989800", "2026-04-12T10:30:00+00:00"),
        ("1775989800000", "2026-04-12T10:30:00+00:00"),
        ("1775989800.5", "2026-04-12T10:30:00.500+00:00"),
        ("1768010201234", "2026-01-10T01:56:41.234+00:00"),  # ISO 8601 as well: some hour of the year 1768
    ],
)
def test_times_that_are_known(value: object, moment: str) -> None:
    assert times.parse(value, "UTC") == ms(moment)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "now",
        "0000-00-00 00:00:00",
        "2026-02-30",
        "2026-13-01T00:00:00Z",
        "2026-04-12T25:00:00Z",
        0,
        -1,
        10**13,
        10**30,
        True,
        [],
        {},
        {"date": "2026-04-12 10:30:00"},
        {"date": 1, "timezone": "UTC"},
        {"date": "x", "timezone_type": 3, "timezone": "UTC"},
        {"date": "2026-04-12 10:30:00", "timezone_type": 2, "timezone": "XYZ"},
        {"date": "2026-04-12 10:30:00", "timezone_type": 1, "timezone": "+99:99"},
        {"date": "2026-04-12 10:30:00", "timezone_type": 3, "timezone": "Europe"},
        {"date": "2026-04-12 10:30:00", "timezone_type": 3, "timezone": "../../etc/passwd"},
        {"date": "2026-04-12 10:30:00", "timezone_type": 3, "timezone": "x\0y"},
        {"date": "2026-04-12 10:30:00", "timezone_type": 3, "timezone": ""},
        {"date": "2026-04-12 10:30:00", "timezone_type": 3, "timezone": "x" * 5000},
    ],
)
def test_what_is_no_time(value: object) -> None:
    assert times.parse(value, "UTC") is None


@pytest.mark.parametrize(
    ("dump", "moment"),
    [
        ((1, "+02:00"), "2021-07-11T12:59:26+02:00"),
        ((1, "-0330"), "2021-07-11T12:59:26-03:30"),
        ((2, "CEST"), "2021-07-11T12:59:26+02:00"),
        ((2, "Z"), "2021-07-11T12:59:26+00:00"),
        ((2, "EST"), "2021-07-11T12:59:26-05:00"),
        ((3, PARIS), "2021-07-11T12:59:26+02:00"),
        ((3, "UTC"), "2021-07-11T12:59:26+00:00"),
    ],
)
def test_the_dump_of_a_php_datetime(dump: tuple[int, str], moment: str) -> None:
    kind, zone = dump
    value = {"date": "2021-07-11 12:59:26.000000", "timezone_type": kind, "timezone": zone}
    assert times.parse(value, "America/Sao_Paulo") == ms(moment)


@pytest.mark.parametrize(
    ("local", "moment"),
    [
        ("2026-03-29 01:59:59", "2026-03-29T00:59:59+00:00"),
        ("2026-03-29 02:30:00", "2026-03-29T01:30:00+00:00"),  # skipped by summer time: by the offset before it
        ("2026-03-29 03:00:00", "2026-03-29T01:00:00+00:00"),
        ("2026-10-25 01:59:59", "2026-10-24T23:59:59+00:00"),
        ("2026-10-25 02:30:00", "2026-10-25T00:30:00+00:00"),  # came twice: the earlier
        ("2026-10-25 03:00:00", "2026-10-25T02:00:00+00:00"),
    ],
)
def test_summer_time_begins_and_ends(local: str, moment: str) -> None:
    assert times.parse(local, PARIS) == ms(moment)
    assert times.parse({"date": local, "timezone_type": 3, "timezone": PARIS}, "UTC") == ms(moment)


@pytest.mark.parametrize("zone", ["UTC", PARIS, "Pacific/Kiritimati", "Pacific/Niue"])
def test_times_are_clamped_to_what_the_warehouse_holds(zone: str) -> None:
    for early in ("0001-01-01T00:00:00+14:00", "0001-01-01 00:00:00", "1969-12-31 00:00:00"):
        assert times.parse(early, zone) == 0
    for late in ("9999-12-31T23:59:59-14:00", "9999-12-31 23:59:59", "2101-01-01 00:00:00", 5_000_000_000):
        assert times.parse(late, zone) == LATEST
    assert ms("2100-01-01T00:00:00Z") == LATEST


def test_clamping_leaves_the_identity_to_the_raw_time() -> None:
    assert times.raw("9999-01-01") != times.raw("9998-01-01")
    assert (times.raw(None), times.raw(""), times.raw(1775989800)) == ("", "", "1775989800")
    assert times.raw({"date": "a", "timezone": "b"}) != times.raw({"date": "a", "timezone": "c"})


def test_a_zone_that_does_not_exist_reads_no_naive_time() -> None:
    assert times.parse("2026-04-12 10:30:00", "Atlantis/Capital") is None
    assert times.parse("2026-04-12T10:30:00Z", "Atlantis/Capital") == ms("2026-04-12T10:30:00Z")
