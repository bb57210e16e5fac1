"""Single fields of a body as text, as they were given.

Providers write ids and numbers as JSON texts or as JSON integers; both are read, to the digit. Whatever
else stands there (a fraction, true, a list) is refused rather than guessed: `12.0` and `1e3` have no one
text. A null is a field that is not there.
"""

import math

from schemas.adapter import Unreadable

MAX_FIELD = 1024
"""Characters. A longer id, number or status is refused; a longer side note is cut."""


def text(value: object, field: str) -> str:
    """The value as text, empty where it is null. Raises Unreadable (`bad_field`) naming `field`."""
    if type(value) is str:
        found = value
    elif value is None:
        return ""
    elif type(value) is int:
        found = str(value)
    else:
        raise Unreadable("bad_field", f"`{field}` is {_NAMES.get(type(value), 'no text')}, a text is expected")
    if len(found) > MAX_FIELD:
        raise Unreadable("bad_field", f"`{field}` is longer than {MAX_FIELD:,} characters")
    return found


def message_text(value: object, field: str) -> str:
    """Like `text`, of any length."""
    return value if type(value) is str else text(value, field)


def identifier(value: object, field: str) -> str:
    """A message's id, as given. Raises Unreadable: `missing_id` (none, empty, 0) or `bad_field`."""
    found = optional_identifier(value, field)
    if not found:
        raise Unreadable("missing_id", f"`{field}` is missing, empty or 0")
    return found


def optional_identifier(value: object, field: str) -> str:
    """A message's id, as given; empty where there is none (null, blank, 0). Raises Unreadable (`bad_field`)."""
    found = text(value, field)
    return "" if found == "0" or found.isspace() else found


def note(value: object) -> str:
    """A field that nothing depends on: cut to MAX_FIELD characters, and empty where it is not a text or an integer."""
    if type(value) is str:
        return value[:MAX_FIELD]
    return str(value)[:MAX_FIELD] if type(value) is int else ""


def whole(value: object, most: int) -> int:
    """A count that nothing depends on, as a number or its text; 0 where it is neither, or not within 1 to `most`."""
    found = _number(value)
    return int(found) if found is not None and found == int(found) and 0 < found <= most else 0


def amount(value: object) -> float | None:
    """A price or a balance, as a number or its text (`980.00`); None where it is neither, or not finite."""
    return _number(value)


def flag(value: object) -> bool | None:
    """True or false, also as 1 and 0 and their texts; None where it is neither."""
    if type(value) is bool:
        return value
    return {"1": True, "0": False, "true": True, "false": False}.get(note(value).lower())


def _number(value: object) -> float | None:
    if type(value) is not str and type(value) is not int and type(value) is not float:
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


_NAMES = {float: "a fraction", bool: "true or false", list: "a list", dict: "an object"}
