"""From a body to its elements and from an element to its fields, with a clear word where that fails.

What is wrong with a body is looked for only after the quick way failed: nearly every body is well-formed.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import msgspec

from schemas.adapter import Unreadable

T = TypeVar("T")

MAX_ELEMENTS = 100_000
"""Reports in one body: ten times the ten thousand that providers are expected to send at most."""

_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff")
_syntax = msgspec.json.Decoder(msgspec.Raw)
_list = msgspec.json.Decoder(list[msgspec.Raw])
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_python = json.JSONDecoder(parse_int=str, parse_float=str)
_NAME = re.compile(r'[{,\s]*"(?:[^"\\]|\\.)*"\s*:\s*', re.DOTALL)

# An escaped pair of surrogates, one without its other half, or any other escape.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def elements(body: bytes) -> list[bytes]:
    """The elements of a list, each an exact slice of the body; the body itself where it is anything else.

    Raises Unreadable, `malformed` where the body is not JSON in UTF-8, else `too_large` for too many elements.
    """
    if body[:1] == b"{":
        return [body]
    text = _well_formed(body)
    if not text.lstrip().startswith(b"["):
        return [body]
    return _slices(body, text, _list.decode(text), text.index(b"[") + 1)


def elements_of(
    body: bytes, value: msgspec.Raw, is_element: Callable[[Mapping[str, msgspec.Raw]], bool] = lambda _: False
) -> list[bytes]:
    """The elements of a list, or the values of an object, that stands in the body; none where it is null.

    `value` is the list or object, as a decoder found it in the body. An object that `is_element` is one
    itself. Raises Unreadable.
    """
    inner = bytes(value)
    if inner[:1] not in (b"[", b"{"):
        if inner in (b"", b"null"):
            return []
        raise Unreadable("unknown_shape", "a list, or an object of them, is expected")
    text = body if inner in body else _well_formed(body)
    start = text.index(inner)
    if inner[:1] == b"[":
        return _slices(body, text, _list.decode(inner), start + 1)
    if is_element(_object.decode(inner)):
        return _slices(body, text, [inner], start)
    return _slices(body, text, _values(inner), start + 1)


def lines(body: bytes) -> list[bytes]:
    """The lines of NDJSON, or what `elements` finds where it is anything else. Raises Unreadable.

    It is NDJSON where the body is not JSON as a whole, but its first line is a JSON object.
    """
    try:
        return elements(_checked(body))
    except Unreadable:
        found = [line for line in body.removeprefix(_BOM).splitlines() if line.strip()]
        if len(found) < 2 or _syntax_error(found[0]) or not found[0].lstrip().startswith(b"{"):
            raise
        return list(_few(found))


def _checked(body: bytes) -> bytes:
    _well_formed(body)
    return body


def _values(text: bytes) -> list[bytes]:
    """The values of an object that is known to be well-formed, also those whose name stands twice.

    A character is a byte here: what tells values apart is ASCII.
    """
    letters, values, at = text.decode("latin-1"), [], 0
    try:
        while name := _NAME.match(letters, at):
            _, at = _python.raw_decode(letters, name.end())
            values.append(text[name.end() : at])
    except RecursionError:
        raise _too_deep() from None
    return values


def _few(found: Sequence[T]) -> Sequence[T]:
    if len(found) > MAX_ELEMENTS:
        raise Unreadable("too_large", f"more than {MAX_ELEMENTS:,} reports in one body")
    return found


def _slices(body: bytes, text: bytes, found: Sequence[msgspec.Raw | bytes], start: int) -> list[bytes]:
    """Where the elements stand in the body; `text` is the body as it was decoded, from `start` on."""
    ahead = len(body) - len(text)
    slices = []
    for element in _few(found):
        size = len(bytes(element))
        start = text.index(bytes(element), start)
        slices.append(body[ahead + start : ahead + start + size])
        start += size
    return slices


def decode(body: bytes, decoder: msgspec.json.Decoder[T]) -> T | None:
    """The object in `body`, by a decoder of a struct; None for an empty list, which says nothing.

    A byte order mark is passed over. Half of an escaped surrogate pair (a text cut within an emoji) is read
    as U+FFFD. Raises Unreadable with one of `empty_body`, `bad_encoding`, `not_json` (all `malformed`),
    `unknown_shape` (not an object) and `bad_field` (a value that no field can hold).
    """
    try:
        told = decoder.decode(body)
        if not body.isascii():
            body.decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decode_with_care(body, decoder)
    return told


def _decode_with_care(body: bytes, decoder: msgspec.json.Decoder[T]) -> T | None:
    text = _well_formed(body)
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        start = text.lstrip()[:1]
        if start == b"{":
            raise Unreadable("bad_field", f"a value out of range ({error})") from None
        if start == b"[" and not _list.decode(text):
            return None
        kind = "a list" if start == b"[" else "a single value"
        raise Unreadable("unknown_shape", f"a report is a JSON object, this is {kind}") from None
    except RecursionError:
        raise _too_deep() from None


def _well_formed(body: bytes) -> bytes:
    """The body as UTF-8 JSON without its byte order mark, broken surrogates mended. Raises Unreadable."""
    text = body.removeprefix(_BOM)
    ahead = len(body) - len(text)
    if not text.strip():
        raise Unreadable("empty_body", "the body is empty", malformed=True)
    if text.startswith(_OTHER_BOMS) or b"\0" in text[:4]:
        raise Unreadable("bad_encoding", "the body is UTF-16 or UTF-32 (byte 0), UTF-8 is expected", malformed=True)
    try:
        text.decode()
    except UnicodeDecodeError as error:
        detail = f"the body is not UTF-8 (byte {ahead + error.start})"
        raise Unreadable("bad_encoding", detail, malformed=True) from None
    problem = _syntax_error(text)
    if problem and b"\\u" in text:
        # No escape changes its length, so that positions and slices stay right.
        text = _ESCAPE.sub(lambda found: b"\\ufffd" if found.group(1) else found.group(), text)
        problem = _syntax_error(text)
    if problem:
        raise Unreadable("not_json", _where(problem, ahead, len(body)), malformed=True)
    return text


def _syntax_error(text: bytes) -> msgspec.DecodeError | None:
    try:
        _syntax.decode(text)
    except msgspec.DecodeError as error:
        return error
    except RecursionError:
        raise _too_deep() from None
    return None


def _where(error: msgspec.DecodeError, ahead: int, size: int) -> str:
    what, found, byte = str(error).partition(" (byte ")
    if not found:
        return f"the body is not JSON: it ends too early (byte {size})"
    what = what.removeprefix("JSON is malformed: ")
    return f"the body is not JSON: {what} (byte {ahead + int(byte.removesuffix(')'))})"


def _too_deep() -> Unreadable:
    return Unreadable("not_json", "the body is nested too deeply", malformed=True)
