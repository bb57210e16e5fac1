"""What the pages have done by parts that they do not import. The commands of the same names call the same functions."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec


class DeadDone(msgspec.Struct, frozen=True):
    """What became of dead letters: `problems` are those that still cannot be read, each with why.

    `consumed` is whether the warehouse has it already.
    """

    letters: int
    records: int
    problems: Sequence[tuple[str, str]]
    consumed: bool


class Acts(Protocol):
    """Calls raise the warehouse's errors and the log's, and Refusal."""

    def explain(self, asked: str) -> Sequence[Mapping[str, Any]]:
        """The messages of an id or a number, newest first, as `delivrd explain --json` prints them."""
        ...

    def replay(self, ids: Sequence[str], reason: str, source: str) -> DeadDone:
        """Read open dead letters again: those named, or all of a reason and a source."""
        ...

    def discard(self, ids: Sequence[str], reason: str, source: str) -> DeadDone:
        """Throw such dead letters away."""
        ...


class Refusal(Exception):
    """It was not done; the text says why, and what to do."""


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
    """What happened to a test report, and how long after it was sent."""

    what: str
    after_ms: int
    well: bool


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
