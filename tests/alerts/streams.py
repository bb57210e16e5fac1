"""Traffic for the core: steady routes, and what goes wrong with them, minute by minute."""

import copy
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import NamedTuple

from alerts.figures import Heard, Minute, Outcome
from alerts.forest import Rules
from alerts.kinds import RULES
from alerts.scope import Scope
from alerts.told import Telling
from alerts.watch import Watch

HOUR = 60
DAY = 1440
MONDAY = 20_458 * DAY
"""2026-01-05, 00:00 UTC."""
QUICK, NORMAL, SLOW = 12, 17, 24
"""Delays of about one, three and twelve seconds."""


class Mix(NamedTuple):
    """What a minute of a route brings: messages, and which shares of them end how. The rest has no report."""

    messages: float = 5.0
    bad: float = 0.03
    recipient: float = 0.02
    unclassed: float = 0.0
    none: float = 0.0
    quick: float = 0.0
    submits: bool = True


USUAL = Mix()
Traffic = Callable[[int], Mix]


class Stream:
    """Makes the rows of several routes. Shares are kept exactly over time, without chance."""

    def __init__(self, routes: Mapping[Scope, Traffic]) -> None:
        self._routes = routes
        self._owed: dict[tuple[Scope, str], float] = {}

    def but(self, routes: Mapping[Scope, Traffic]) -> "Stream":
        """The same with other traffic from now on."""
        other = Stream(routes)
        other._owed = dict(self._owed)
        return other

    def minute(self, minute: int) -> Minute:
        """The rows of one minute."""
        rows = [row for scope, traffic in self._routes.items() for row in self._rows(scope, traffic(minute), minute)]
        return Minute(minute, rows)

    def _rows(self, scope: Scope, mix: Mix, minute: int) -> Iterable[Heard]:
        messages = self._whole(scope, "messages", mix.messages)
        if not messages:
            return
        submitted = minute if mix.submits else None
        if mix.submits:
            yield Heard(scope, Outcome.SUBMITTED, minute, None, messages)
        left = messages - min(messages, self._whole(scope, "none", messages * mix.none))
        for outcome, share in (
            (Outcome.BAD, mix.bad),
            (Outcome.RECIPIENT, mix.recipient),
            (Outcome.UNCLASSED, mix.unclassed),
        ):
            count = min(left, self._whole(scope, outcome, messages * share))
            if count:
                left -= count
                yield Heard(scope, outcome, submitted, NORMAL if mix.submits else None, count)
        quick = min(left, self._whole(scope, "quick", messages * mix.quick))
        slow = min(left - quick, self._whole(scope, "slow", (left - quick) * 0.3))
        for delay, count in ((QUICK, quick), (SLOW, slow), (NORMAL, left - quick - slow)):
            if count:
                yield Heard(scope, Outcome.DELIVERED, submitted, delay if mix.submits else None, count)

    def _whole(self, scope: Scope, what: str, amount: float) -> int:
        owed = self._owed.get((scope, what), 0.0) + amount
        self._owed[scope, what] = owed - int(owed)
        return int(owed)


def built_in(kind: object, scope: Scope) -> object:
    """The rules without any settings."""
    return RULES[kind]  # type: ignore[index]


def play(stream: Stream, first: int, last: int, rules: Rules = built_in, watch: Watch | None = None) -> list[Telling]:  # type: ignore[assignment]
    """All changes of alarms in these minutes."""
    watch = watch or Watch(rules)
    return [told for minute in range(first, last) for told in watch.take(stream.minute(minute))]


@cache
def _learned(scopes: tuple[Scope, ...], mix: Mix, until: int) -> tuple[Watch, Stream]:
    watch, stream = Watch(built_in), Stream(dict.fromkeys(scopes, steady(mix)))  # type: ignore[arg-type]
    assert play(stream, MONDAY, until, watch=watch) == []
    return watch, stream


def after(
    traffic: Mapping[Scope, Traffic], begin: int, end: int, mix: Mix = USUAL, rules: Rules | None = None
) -> list[Telling]:
    """The changes from `begin` on, when all of these routes were as `mix` since MONDAY."""
    watch, stream = copy.deepcopy(_learned(tuple(sorted(traffic)), mix, begin))
    watch.forest.rules = rules or watch.forest.rules
    return play(stream.but(traffic), begin, end, watch=watch)


def during(begin: int, end: int, usual: Mix, other: Mix) -> Traffic:
    """`other` within these minutes, `usual` around them."""
    return lambda minute: other if begin <= minute < end else usual


def steady(mix: Mix = USUAL) -> Traffic:
    """Always the same."""
    return lambda _: mix


def routes(*names: str) -> list[Scope]:
    """`a/BR/vivo` as scopes."""
    return [Scope(*name.split("/")) for name in names]
