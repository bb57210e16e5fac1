"""Which of the messages that are still open to ask about now. Pure: the same arguments give the same choice.

A message is asked soon after it was handed in, then ever more seldom: the pause grows with its age. Where more is due
than may be asked, every other question is about the one that has waited longest, so that none is starved, and the
rest are about the newest, so that a crowd of old ones makes no new one late.
"""

import heapq
from collections.abc import Iterable, Mapping
from itertools import chain, zip_longest
from typing import NamedTuple

import msgspec

HOUR_MS = 3_600_000
UNSURE_MS = 60_000
"""The pause between questions about a message that was handed in later than now, as other clocks have it."""


class Open(NamedTuple):
    """A message without a final state: the provider's id, and when it was handed in (UTC, ms)."""

    message_id: str
    born: int


class Last(NamedTuple):
    """The last question about a message: when (UTC, ms), and how many of the last ones in a row had no answer."""

    at: int
    failures: int = 0


class Policy(msgspec.Struct, frozen=True):
    """Milliseconds. Asked first at the age of `first`, and again after `growth` of the age it had then, at least
    after `first` and at most after `longest`; never once it is older than `give_up`. Where there was no answer it is
    asked again after `again`, and twice as long with each further failure, but no later than else.
    """

    first: int = 5_000
    growth: float = 0.5
    longest: int = 6 * HOUR_MS
    again: int = 5_000
    give_up: int = 72 * HOUR_MS


def due(born: int, last: Last | None, policy: Policy) -> int:
    """When to ask about a message, by when it was asked about last (None: never)."""
    if last is None or last.at < born:
        return born + policy.first
    pause = min(policy.longest, max(policy.first, int((last.at - born) * policy.growth)))
    if last.failures:
        pause = min(pause, policy.again << min(last.failures - 1, 20))
    return last.at + pause


def waiting(
    messages: Iterable[Open], asked: Mapping[str, Last], now: int, policy: Policy
) -> list[tuple[int, int, str]]:
    """The messages that are due, as (due, born, id), in no order."""
    found = []
    for message_id, born in messages:
        last = asked.get(message_id)
        when = due(born, last, policy) if born <= now else last.at + UNSURE_MS if last else now
        if when <= now < born + policy.give_up:
            found.append((when, born, message_id))
    return found


def choose(due_now: list[tuple[int, int, str]], room: int) -> list[str]:
    """At most `room` (2 or more) of what `waiting` found, in the order of asking."""
    longest = heapq.nsmallest(room, due_now)
    newest = heapq.nlargest(room, due_now, key=lambda one: one[1])
    in_turn = chain.from_iterable(zip_longest(longest, newest))
    chosen = dict.fromkeys(one[2] for one in in_turn if one is not None)
    return list(chosen)[:room]
