import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.numbers import Number, lookup


@pytest.mark.parametrize(
    ("raw", "region", "e164", "country", "number_type"),
    [
        ("5511999999999", "", "+5511999999999", "BR", "mobile"),
        ("+5511999999999", "", "+5511999999999", "BR", "mobile"),
        ("5511999999999", "DE", "+5511999999999", "BR", "mobile"),
        ("11999999999", "BR", "+5511999999999", "BR", "mobile"),
        ("(11) 99999-9999", "BR", "+5511999999999", "BR", "mobile"),
        ("015752982212", "DE", "+4915752982212", "DE", "mobile"),
        ("+49 1575 2982212", "BR", "+4915752982212", "DE", "mobile"),
        ("004915752982212", "BR", "+4915752982212", "DE", "mobile"),
        ("0701234567", "UG", "+256701234567", "UG", "mobile"),
        ("256701234567", "", "+256701234567", "UG", "mobile"),
        ("12125551234", "", "+12125551234", "US", "fixed_line_or_mobile"),
        ("351912345678", "", "+351912345678", "PT", "mobile"),
        ("5491123456789", "", "+5491123456789", "AR", "mobile"),
        ("5215551234567", "", "+525551234567", "MX", "fixed_line_or_mobile"),
        ("+390236618300", "", "+390236618300", "IT", "fixed_line"),
        ("+80012345678", "", "+80012345678", "", "toll_free"),
    ],
)
def test_numbers_as_providers_write_them(raw: str, region: str, e164: str, country: str, number_type: str) -> None:
    found = lookup(raw, region)
    assert (found.e164, found.country, found.number_type) == (e164, country, number_type)


def test_the_carrier_is_that_of_the_range() -> None:
    assert lookup("256701234567", "").carrier == "Airtel"


@pytest.mark.parametrize("last", [11, 22, 33])
def test_digits_that_change_within_are_read_for_each_number(last: int) -> None:
    """A mobile number within Argentina has a 15 that becomes a 9 in front of the area code."""
    assert lookup(f"01115234567{last}", "AR").e164 == f"+54911234567{last}"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "MyBrand",
        "29094",
        "+",
        "0",
        "1234567",
        "+1234567890",
        "5511999999999,5511999999998",
        "٥٥١١٩٩٩٩",
        "1" * 500,
        "\0",
        "a😀",
    ],
)
@pytest.mark.parametrize("region", ["", "BR", "nowhere"])
def test_the_rest_stays_as_given(raw: str, region: str) -> None:
    assert lookup(raw, region) == Number(raw)


def test_a_number_newer_than_the_data_has_its_country_only() -> None:
    assert lookup("+4912312312332", "") == Number("+4912312312332", "DE")


def mobile_example(region: str) -> str:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164) if example else ""


MOBILES = sorted(filter(None, map(mobile_example, phonenumbers.SUPPORTED_REGIONS)))


@given(st.sampled_from(MOBILES), st.integers(0, 999))
def test_a_mobile_number_is_read_by_its_range_as_by_itself(example: str, tail: int) -> None:
    raw = f"{example[:-3]}{tail:03}"
    number = phonenumbers.parse(raw)
    if phonenumbers.is_valid_number(number):
        found = lookup(raw, "")
        assert (found.e164, found.country) == (raw, phonenumbers.region_code_for_number(number))


@given(st.text(alphabet="0123456789+ ()-", max_size=24), st.sampled_from(["", "BR", "AR", "US", "IT", "MX"]))
def test_every_number_has_a_look_up_and_the_same_one_each_time(raw: str, region: str) -> None:
    found = lookup(raw, region)
    assert found == lookup(raw, region)
    assert found.e164 == raw or (found.e164[0] == "+" and found.e164[1:].isdecimal())


def test_splitting_loads_no_numbering_data_and_nothing_loads_the_geocoder() -> None:
    code = """
import sys
from schemas.adapter import Source
from schemas.providers import adapters
from schemas.numbers import lookup
adapters["integrax"].split(b'{"messageId":"1","status":"DELIVRD","phone":"5511999999999"}', Source("s", "integrax"))
assert "phonenumbers" not in sys.modules
assert lookup("5511999999999", "").carrier
assert not {"phonenumbers.geocoder", "phonenumbers.geodata", "phonenumbers.timezone"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
