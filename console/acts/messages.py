"""What is done about messages, and about what could not be read."""

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


class MessageActs(Protocol):
    """Calls raise the warehouse's errors and the log's, and Refusal."""

    def explain(self, asked: str, limit: int, offset: int) -> Sequence[Mapping[str, Any]]:
        """Messages of an id or a number, newest first, as `delivrd explain --json` prints them."""
        ...

    def replay(self, ids: Sequence[str], reason: str, source: str) -> DeadDone:
        """Read open dead letters again: those named, or all of a reason and a source."""
        ...

    def discard(self, ids: Sequence[str], reason: str, source: str) -> DeadDone:
        """Throw such dead letters away."""
        ...
