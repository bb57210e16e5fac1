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


class AlarmChange(msgspec.Struct, frozen=True):
    """What became of an alarm at a moment (UTC ms), in words."""

    at: int
    change: str
    severity: str
    where: str
    figures: str


class Told(msgspec.Struct, frozen=True):
    """That a target was told, or why not."""

    target: str
    at: int
    state: str
    problem: str


class Ends(msgspec.Struct, frozen=True):
    """How many messages ended within five minutes from `at` (UTC ms) on, and how."""

    at: int
    delivered: int
    failed: int


class AlarmTold(msgspec.Struct, frozen=True):
    """An alarm with all that is behind it. `place` has those of source, country and carrier that it is about.

    `muted_until` (UTC ms) is None where it is told.
    """

    id: str
    title: str
    opened: int
    ended: int | None
    changes: Sequence[AlarmChange]
    told: Sequence[Told]
    ends: Sequence[Ends]
    place: Mapping[str, str]
    muted_until: int | None
    acknowledged: bool


class AlarmActs(Protocol):
    """What is known of alarms, and decided about them. Calls raise the warehouse's errors, and Refusal."""

    def told(self, name: str) -> AlarmTold:
        """One of them."""
        ...

    def muted(self) -> Sequence[tuple[str, int]]:
        """What is muted, in words, and until when (UTC ms)."""
        ...

    def mute(self, name: str, span: str) -> None:
        """Tell nobody of its kind and place for so long (`2h`); or, where that is empty, again."""
        ...

    def acknowledge(self, name: str) -> None:
        """Remind nobody of it any more."""
        ...
