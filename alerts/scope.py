"""Where something is wrong: a node of the tree account, source, country, carrier, or of its twin."""

from typing import NamedTuple

DEEPEST = 3
"""The depth of a route."""


class Scope(NamedTuple):
    """A route (all three are known) or what contains routes: None stands for any.

    The tree is account, source, source and country, route. Its twin is account, country, country and carrier,
    route, for one carrier that fails in several sources.
    """

    source: str | None = None
    country: str | None = None
    carrier: str | None = None

    @property
    def depth(self) -> int:
        """How narrow it is: 0 for the account, 3 for a route."""
        return DEEPEST - self.count(None)

    def contains(self, other: "Scope") -> bool:
        """Whether all of `other` is within this one."""
        return all(mine is None or mine == theirs for mine, theirs in zip(self, other, strict=True))

    def related(self, other: "Scope") -> bool:
        """Whether both lie on one line of the tree: a route can be in both."""
        return all(a is None or b is None or a == b for a, b in zip(self, other, strict=True))


ACCOUNT = Scope()


def ancestors(route: Scope) -> tuple[Scope, ...]:
    """What contains a route, widest first: the account, then both trees."""
    source, country, carrier = route
    return (
        ACCOUNT,
        Scope(source),
        Scope(None, country),
        Scope(source, country),
        Scope(None, country, carrier),
    )


def parent(scope: Scope) -> Scope | None:
    """The next wider scope, in the twin tree where no source is named. None for the account."""
    if scope.carrier is not None:
        return Scope(scope.source, scope.country)
    if scope.source is not None and scope.country is not None:
        return Scope(scope.source)
    return ACCOUNT if scope != ACCOUNT else None
