"""What a provider's file must offer: its wire format, its statuses, and its reading of a body into events."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from schemas.event import Event
from schemas.record import Record
from schemas.status import Status


class Source(msgspec.Struct, frozen=True):
    """One configured account at a provider, as far as reading its records needs it.

    `region` (ISO 3166, e.g. `BR`) is for numbers without a country code, `timezone` (IANA) for times
    without a zone. `statuses` maps further words or codes of the provider to canonical states.
    """

    name: str
    provider: str
    region: str = ""
    timezone: str = "UTC"
    store_text: bool = False
    statuses: Mapping[str, Status] = {}


class Unreadable(Exception):
    """A body or an element that cannot be read.

    `reason` is a short code, `detail` is for people and holds nothing of what the body holds.
    """

    def __init__(self, reason: str, detail: str, *, malformed: bool = False) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.malformed = malformed
        """True where the body is not in the format it declares (answered 400), else its shape is unknown (202)."""


class Element(msgspec.Struct, frozen=True, gc=False):
    """One report of a body, with its bytes as they came.

    `key` is the record's key, `<source>/<message id as given>`; an inbound message without an id has one made
    of its content. It is None where the element cannot be read, then `problem` says why, and where it is
    readable but says nothing (an empty list), then `problem` is None too; that is kept like any other, and
    `Adapter.read` returns None for it. `notice` says what was odd about a readable one (an unknown status).
    """

    body: bytes
    key: str | None
    problem: Unreadable | None = None
    notice: str = ""


class Adapter(Protocol):
    """One provider. Adapters hold no state and do no I/O."""

    name: str

    def split(self, body: bytes, source: Source) -> list[Element]:
        """The elements of a webhook's body, at least one.

        Raises Unreadable where there are no elements to be told apart: `malformed` where the body is not in the
        format it declares, else for far too many elements. A well-formed body of an unknown shape is an element
        with a problem. Nothing else is raised, whatever the body holds.
        """
        ...

    def split_answer(self, body: bytes, asked: Mapping[str, str], source: Source) -> list[Element]:
        """The elements of the answer to a poll, as `split` has it.

        `asked` is the question, without any secret: its name as `question`, and its parameters. It stands as `asked`
        in the context of the records that are made of the elements.
        """
        ...

    def split_submission(self, body: bytes, source: Source) -> list[Element]:
        """The elements of what the sending application posts, as `split` has it.

        An element is about one recipient. Credentials that stand in a request that was posted along are left out.
        """
        ...

    def split_import(self, body: bytes, source: Source) -> list[Element]:
        """The elements of a piece of history, as `split` has it."""
        ...

    def read(self, record: Record, source: Source) -> Event | None:
        """The event that a record tells; None where it is readable but says nothing.

        Raises Unreadable, and nothing else. Reads each element that its type's split gave a key.
        """
        ...


def asked_of(record: Record) -> Mapping[str, str]:
    """What was asked that a poll's record answers; nothing where the context does not say."""
    if not record.context:
        return {}
    try:
        return _context.decode(record.context).asked
    except msgspec.DecodeError:
        return {}


class _Context(msgspec.Struct):
    asked: Mapping[str, str] = {}


_context = msgspec.json.Decoder(_Context)
