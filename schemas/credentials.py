"""Credentials in what an application posts of its requests: they are left out before it is kept.

By their usual names wherever these stand: as fields, also of JSON within a text; in forms, URLs and headers; and in
what is no JSON at all. The source's own are looked for by value besides, in the spellings that requests have them in.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote, quote_plus

import msgspec

_NAMES = frozenset({"token", "pass", "password", "email", "username", "api_key", "x-api-key", "authorization"})
_LEAST = 8
"""Characters of a secret that is looked for by its value: a shorter one also stands where it is none."""

_ANY_NAME = "|".join(sorted(_NAMES))
_IN_TEXT = re.compile(
    rf"""
    (?P<named> \b(?:{_ANY_NAME}) [=:]\s? (?:(?:bearer|basic)\s)? ) [^&\s"'<>\\]+   # a form, a query, a header
    | (?P<path> \bintegration\\?/ ) [^/\s?\#&"'\\]+                                # Integrax has its token in the path
    | (?P<login> :(?:\\?/){{2}} ) [^/\s?\#@"'\\]+ (?=@)
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_FIELD = re.compile(
    rf"""
    (?P<field> (?P<quote> \\{{0,3}}" ) (?:{_ANY_NAME}) (?P=quote) \s*:\s* )
    (?: (?P=quote) .*? (?: (?<!\\)(?P=quote) | \Z ) | [^\s",{{}}\[\]\\]+ )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII | re.DOTALL,
)


def without_credentials(value: Any) -> Any:
    """The same, of JSON, without them. Raises RecursionError where it is nested too deeply."""
    if isinstance(value, dict):
        return {name: without_credentials(item) for name, item in value.items() if name.lower() not in _NAMES}
    if isinstance(value, list):
        return [without_credentials(item) for item in value]
    return _from_text(value) if isinstance(value, str) else value


def blanked(body: bytes) -> bytes:
    """What is no JSON, or of no known shape, with their values blanked."""
    text = _FIELD.sub(r"\g<field>\g<quote>***\g<quote>", body.decode("latin-1"))
    return _blanked(text).encode("latin-1")


def spellings(secrets: Iterable[str]) -> Sequence[bytes]:
    """How these may be written in a request: as they are, in JSON, in a URL. The longest come first."""
    found: set[str] = set()
    for secret in secrets:
        if len(secret) >= _LEAST:
            written = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
            found |= (
                written | {one.replace("/", "\\/") for one in written} | {quote(secret, safe=""), quote_plus(secret)}
            )
    return sorted((one.encode() for one in found), key=len, reverse=True)


def without(body: bytes, spelled: Iterable[bytes]) -> bytes:
    """The body without these values."""
    for secret in spelled:
        body = body.replace(secret, b"***")
    return body


def _from_text(text: str) -> str:
    """A parameter may be JSON itself, and hold the token (SmsGateway24's `datajson`)."""
    if text.lstrip().startswith(("{", "[")):
        try:
            told = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            return blanked(text.encode()).decode()
        left = without_credentials(told)
        return text if left == told else msgspec.json.encode(left).decode()
    return _blanked(text)


def _blanked(text: str) -> str:
    return _IN_TEXT.sub(lambda found: f"{found[found.lastgroup or 0]}***", text)
