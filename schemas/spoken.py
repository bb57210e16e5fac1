"""Telephone numbers that stand within a text, in whatever spelling."""

import re
from collections.abc import Iterator

from schemas.numbers import lookup

_FEWEST, _MOST = 7, 17
"""Digits of a number, with what people put before it (`00`)."""
_GROUPS_AT_MOST = 6

_BETWEEN = r"[ ().\-/\u00a0]{1,3}"
_GROUPS = re.compile(rf"\+?[0-9]+(?:{_BETWEEN}\+?[0-9]+)*")
_GROUP = re.compile(r"(\+?)([0-9]+)")
_LIKE_A_NUMBER = re.compile(rf"\+?[0-9](?:(?:{_BETWEEN})?[0-9]){{{_FEWEST - 1},}}")
_ESCAPED = re.compile(r"\\u00([23][0-9a-fA-F])")


def numbers_in(text: str, region: str) -> Iterator[str]:
    """Every number that may stand in the text, E.164 with `+`; `region` is of those without a country code.

    Neighbours are read together as well, since a number is written in groups: not each that is named is meant.
    """
    if len(text) < _FEWEST:
        return
    for run in _GROUPS.finditer(text):
        groups = _GROUP.findall(run[0])
        for start, (plus, _) in enumerate(groups):
            digits = ""
            for _, group in groups[start : start + _GROUPS_AT_MOST]:
                digits += group
                if len(digits) > _MOST:
                    break
                if len(digits) >= _FEWEST:
                    found = lookup(plus + digits, region).e164
                    if found[0] == "+":
                        yield found


def without_numbers(text: str, instead: str) -> str:
    """The text with `instead` in the place of all that looks like a number."""
    return _LIKE_A_NUMBER.sub(instead, text)


def text_of(body: bytes) -> str:
    """A body as text in which numbers can be found, JSON's escapes undone; also where a digit is two bytes."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), body.replace(b"\0", b"").decode("latin-1"))


def pattern_of(number: str) -> str:
    """A regular expression that every spelling of a number (E.164) matches, and little else: its last digits."""
    return "[^0-9]{0,3}".join(number[-_FEWEST:])
