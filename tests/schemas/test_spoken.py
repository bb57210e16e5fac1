"""A number is found in a text in whatever way it is written."""

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.spoken import numbers_in, pattern_of, text_of, without_numbers

NUMBERS = {
    "BR": "+5511912345678",
    "DE": "+4915752982212",
    "AU": "+61480012345",
    "UG": "+256772123456",
    "AR": "+5491123456789",
}
WAYS = (
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
)


def spelled(region: str) -> list[str]:
    number = NUMBERS[region]
    found = [phonenumbers.format_number(phonenumbers.parse(number), way) for way in WAYS]
    return [*found, number[1:], f"00{number[1:]}"]


@given(st.sampled_from(sorted(NUMBERS)), st.data())
def test_every_spelling_is_found_wherever_it_stands(region: str, data: st.DataObject) -> None:
    around = st.sampled_from(["", "call ", "on 2026-04-12: ", '{"phone": "', "tel:", "id 4711, "])
    text = (
        data.draw(around)
        + data.draw(st.sampled_from(spelled(region)))
        + data.draw(st.sampled_from(["", '"}', " soon", ", 7", " 12"]))
    )
    assert NUMBERS[region] in set(numbers_in(text, region))
    assert re.search(pattern_of(NUMBERS[region]), text)
    assert not list(numbers_in(without_numbers(text, "forgotten-x"), region))


@pytest.mark.parametrize("text", ["", "hello", "order 4711-12", "1.5", "+", "123456"])
def test_other_texts_stay(text: str) -> None:
    assert list(numbers_in(text, "")) == []


@pytest.mark.parametrize(
    "body", [b'"\\u0035511912345678"', '{"to": "5511912345678"}'.encode("utf-16"), b"to=%2B5511912345678&x=1"]
)
def test_whatever_the_encoding_of_a_body(body: bytes) -> None:
    assert "+5511912345678" in set(numbers_in(text_of(body), ""))
