"""What is done about the installation and its sources."""

from collections.abc import Sequence
from typing import Protocol

import msgspec


class Standing(msgspec.Struct, frozen=True):
    """How one thing stands, in words, and whether nothing has to be done about it."""

    what: str
    how: str
    well: bool


class Arrived(msgspec.Struct, frozen=True):
    """A record as it came. `key` is None where it could not be read."""

    received_at: int
    type: str
    id: str
    key: str | None
    content_type: str
    body: bytes
    partition: int
    offset: int


class Step(msgspec.Struct, frozen=True):
    """What happened to a test report, and how long after it was sent. `message` is the one it became, if it did."""

    what: str
    after_ms: int
    well: bool
    message: str = ""


class SourceActs(Protocol):
    """What is done about the installation and its sources. Calls raise Refusal."""

    def standing(self) -> Sequence[Standing]:
        """As `delivrd status` says it."""
        ...

    def arrived(self, source: str) -> Sequence[Arrived]:
        """The last records of a source, the newest first."""
        ...

    def urls(self, source: str) -> Sequence[str]:
        """The webhook URLs that are valid, the one to paste first. They hold the secrets."""
        ...

    def rotate(self, source: str) -> None:
        """Make a new secret, which is valid beside the old one."""
        ...

    def retire(self, source: str) -> None:
        """Take the old secret out."""
        ...

    def try_out(self, source: str) -> Sequence[Step]:
        """Send a report as the provider does, and follow it into the warehouse."""
        ...
