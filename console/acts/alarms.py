"""What is known of alarms, and decided about them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec


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
    place: Mapping[str, str]
    muted_until: int | None
    acknowledged: bool


class AlarmActs(Protocol):
    """What is known of alarms, and decided about them. Calls raise the warehouse's errors, and Refusal."""

    def told(self, name: str) -> AlarmTold:
        """One of them."""
        ...

    def ends(self, name: str) -> Sequence[Ends]:
        """The figures around it."""
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
