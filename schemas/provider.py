"""What a provider's file brings: its name, its tables, and how one element of each kind is read.

`JsonAdapter` makes an adapter of it. By default a provider has nothing of the kind.
"""
# ruff: noqa: ARG002 (what a provider has nothing of looks at nothing)

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from schemas.adapter import Unreadable
from schemas.json_body import decode
from schemas.reading import Tables
from schemas.told import Report, Told

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NOT_DIGIT = re.compile(r"[^0-9]+")


class Pair(NamedTuple):
    """A request to send and the provider's answer. `http_status` is 0 where it was not posted along."""

    request: Mapping[str, Any]
    answer: Any
    http_status: int = 0

    def fields(self) -> Mapping[str, Any]:
        """The answer, where it is an object; else nothing."""
        return self.answer if isinstance(self.answer, dict) else {}

    def data(self) -> Mapping[str, Any]:
        """The object under `data` in the answer; else nothing."""
        found = self.fields().get("data")
        return found if isinstance(found, dict) else {}


class Provider:
    """The methods raise Unreadable, and return None for what says nothing."""

    name: str
    tables = Tables()
    names_by_recipient = False
    """One id may stand for several recipients."""
    gives_ids = True
    """Each message that was taken has an id, by which more is told of it."""

    def tell(self, body: bytes) -> Told | None:
        """One element of a webhook's body."""
        if decode(body, _object) is None:
            return None
        raise Unreadable("unknown_shape", f"no webhook of {self.name} is known")

    def answered(self, body: bytes, asked: Mapping[str, str]) -> Sequence[bytes]:
        """The elements of the answer to a question, each a slice of it."""
        return [body]

    def tell_answer(self, body: bytes, asked: Mapping[str, str]) -> Told | None:
        """One element of the answer to a question."""
        raise Unreadable("unknown_shape", f"{self.name} is not asked this")

    def pairs(self, pair: Pair) -> Sequence[Pair]:
        """A request to send and its answer, as one such pair for each message."""
        return [pair]

    def tell_sent(self, pair: Pair) -> Report | None:
        """A request to send one message, and its answer. The key is left empty, and so is an id that is not told."""
        raise Unreadable("unknown_shape", f"no answer of {self.name} to a send is known")

    def key(self, message_id: str, recipient: str) -> str:
        """What names one message: the id, and the recipient's digits where one id covers many.

        Raises Unreadable where these are needed and missing.
        """
        if not self.names_by_recipient:
            return message_id
        digits = recipient if recipient.isdecimal() and recipient.isascii() else _NOT_DIGIT.sub("", recipient)
        if not digits:
            raise Unreadable("missing_recipient", "the recipient's number is missing or holds no digits")
        return f"{message_id}/{digits}"
