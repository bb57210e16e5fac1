"""Phone numbers: E.164, country, carrier and type, offline, from Google's numbering data (`phonenumbers`).

The carrier is the one the number's range was given to: that a number was ported is not known.

A look-up costs 50 µs, so it is made once for all numbers of the same length that share their first eight
digits, with ones in place of the others. Measured on 86,891 random mobile numbers of all regions: no country
was another than the number's own, and nine carriers were.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple


class Number(NamedTuple):
    """`e164` has its `+`, or is the number as given where it cannot be parsed; the others are then empty.

    `country` is ISO 3166 (`BR`), `number_type` as in _TYPES; both are empty where the numbering data knows
    the number's length alone, the country also where several countries share the code.
    """

    e164: str
    country: str = ""
    carrier: str = ""
    number_type: str = ""


class _Range(NamedTuple):
    """What numbers of one prefix and length share. Their E.164 is `+`, `add` and their digits from `skip` on.

    `skip` is -1 where the digits between change too (mobile numbers within Argentina).
    """

    skip: int
    add: str
    country: str
    carrier: str
    number_type: str


_TYPES: Final = (
    "fixed_line",
    "mobile",
    "fixed_line_or_mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal",
    "pager",
    "uan",
)
"""By the position in phonenumbers.PhoneNumberType."""

_WRITTEN = re.compile(r"\+?[0-9 ().\-\u00a0/]+", re.ASCII)
_NOT_DIGIT = re.compile(r"[^0-9]+")
# Mexico's mobile numbers had a 1 after the country code until 2019; Integrax documents them so (5215551234567).
_MEXICAN_MOBILE = re.compile(r"^521(?=[0-9]{10}$)", re.ASCII)
_PREFIX = 8
_LONGEST = 20
# Short codes have three to seven digits; a number without + and with as few is not taken for international.
_SHORTEST_WITHOUT_PLUS = 8


def lookup(raw: str, region: str) -> Number:
    """What is known of a number as a provider wrote it.

    Without a `+` (or 00) it is taken as international where it is a valid number so, as several providers
    leave the `+` out, else as a number of `region` (ISO 3166; empty: none). Names (alphanumeric senders),
    short codes and lists are returned as given.
    """
    digits = raw
    plus = False
    if not (raw.isascii() and raw.isdecimal()):
        if not _WRITTEN.fullmatch(raw):
            return Number(raw)
        plus = raw[0] == "+"
        digits = _NOT_DIGIT.sub("", raw)
    if not digits or len(digits) > _LONGEST:
        return Number(raw)
    found = _range(digits[:_PREFIX], len(digits), plus, region)
    if found is None:
        return Number(raw)
    if found.skip < 0:
        found = _examine(digits, plus, region) or found
        if found.skip < 0:
            return Number("+" + found.add, found.country, found.carrier, found.number_type)
    return Number("+" + found.add + digits[found.skip :], found.country, found.carrier, found.number_type)


@lru_cache(maxsize=65_536)
def _range(prefix: str, length: int, plus: bool, region: str) -> _Range | None:
    return _examine(prefix.ljust(length, "1"), plus, region)


def _examine(digits: str, plus: bool, region: str) -> _Range | None:
    # Imported here, as it takes 45 ms and 11 MB, and the intake, which only splits bodies, never comes here.
    import phonenumbers
    from phonenumbers import carrier

    def parsed(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
        try:
            return phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            return None

    readings = []
    if plus or len(digits) >= _SHORTEST_WITHOUT_PLUS:
        international = digits if plus else digits.removeprefix("00")
        readings.append(parsed("+" + _MEXICAN_MOBILE.sub("52", international), None))
    if region and not plus:
        readings.append(parsed(digits, region))
    known = [number for number in readings if number]
    valid = [number for number in known if phonenumbers.is_valid_number(number)]
    possible = valid or [number for number in known if phonenumbers.is_possible_number(number)]
    if not possible:
        return None
    number = possible[0]
    national = phonenumbers.national_significant_number(number)
    code = str(number.country_code or "")
    if digits == code + national:
        skip, add = 0, ""
    elif digits.endswith(national):
        skip, add = len(digits) - len(national), code
    else:
        skip, add = -1, code + national
    if not valid:
        regions = phonenumbers.region_codes_for_country_code(number.country_code or 0)
        return _Range(skip, add, _iso(regions[0]) if len(regions) == 1 else "", "", "")
    kind = phonenumbers.number_type(number)
    return _Range(
        skip,
        add,
        _iso(phonenumbers.region_code_for_number(number)),
        carrier.name_for_number(number, "en"),
        _TYPES[kind] if 0 <= kind < len(_TYPES) else "",
    )


def _iso(region: str | None) -> str:
    """001 is the numbering data's name for no country (satellites, +800)."""
    return "" if region is None or region == "001" else region
