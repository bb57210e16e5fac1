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
    """A body or an element that cannot be read. `reason` is a short code, `detail` is for people and holds no values."""

    def __init__(self, reason: str, detail: str, *, malformed: bool = False) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.malformed = malformed
        """True where the body is not in the format it declares (answered 400), else its shape is unknown (202)."""


class Element(msgspec.Struct, frozen=True, gc=False):
    """One report of a body, with its bytes as they came.

    `key` is the message's id as given, None where the element cannot be read; then `problem` says why.
    `notice` says what was odd about a readable one (an unknown status).
    """

    body: bytes
    key: str | None
    problem: Unreadable | None = None
    notice: str = ""


class Adapter(Protocol):
    """One provider. Adapters hold no state and do no I/O."""

    name: str

    def split(self, body: bytes, source: Source) -> list[Element]:
        """The elements of a webhook's body. Raises Unreadable where the body as a whole cannot be read."""
        ...

    def read(self, record: Record, source: Source) -> Event | None:
        """The event that a record tells; None where it is readable but says nothing. Raises Unreadable."""
        ...
