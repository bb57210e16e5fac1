"""What the rows of a minute come to at each node: k of n of each kind, and the traffic."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from alerts.figures import Heard, Outcome
from alerts.kinds import RATES, Kind
from alerts.lateness import YOUNG
from alerts.node import Node, Route
from alerts.scope import Scope

Pairs = dict[Node, list[float]]


class Counts:
    """`rates` has [k, n] by kind and node, `traffic` the messages, `errors` [failures, those without a class]."""

    __slots__ = ("errors", "rates", "traffic")

    def __init__(self) -> None:
        self.rates: dict[Kind, Pairs] = {kind: {} for kind in RATES}
        self.traffic: dict[Node, int] = defaultdict(int)
        self.errors: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])

    def add(self, kind: Kind, route: Route, k: float, n: float) -> None:
        """Count k of n at a route and at all that contains it."""
        pairs = self.rates[kind]
        for node in route.line:
            pair = pairs.get(node)
            if pair is None:
                pairs[node] = [k, n]
            else:
                pair[0] += k
                pair[1] += n

    def add_traffic(self, route: Route, count: int) -> None:
        """Count messages likewise."""
        for node in route.line:
            self.traffic[node] += count


def count(heard: Iterable[Heard], route_of: Callable[[Scope], Route]) -> Counts:
    """Counts the rows, and tells the routes of what was submitted and reported.

    Traffic is what was submitted, or the reports of a source that has no submissions. A report that comes more than
    ten minutes after its submission counts for its delay only.
    """
    counts = Counts()
    ends: dict[Scope, _Ends] = {}
    for scope, outcome, submitted, delay, messages in heard:
        route = route_of(scope)
        if outcome is Outcome.SUBMITTED:
            route.submitted(submitted, messages)
            counts.add_traffic(route, messages)
            continue
        if submitted is not None and delay is not None:
            route.reported(submitted, delay, messages)
        if not route.submits:
            counts.add_traffic(route, messages)
        if delay is None or delay <= YOUNG:
            ends.setdefault(scope, _Ends()).add(route, outcome, delay, messages)
    for scope, end in ends.items():
        end.count(counts, route_of(scope))
    return counts


class _Ends:
    """How the messages of one route ended. `timed` of them can be `fast`."""

    __slots__ = ("all", "bad", "fast", "recipient", "timed", "unclassed")

    def __init__(self) -> None:
        self.all = self.bad = self.unclassed = self.recipient = self.fast = self.timed = 0

    def add(self, route: Route, outcome: Outcome, delay: int | None, messages: int) -> None:
        self.all += messages
        if not route.submits:  # nothing is known of delays: too good is that nothing fails
            self.timed += messages
            self.fast += messages * (outcome is Outcome.DELIVERED)
        elif delay is not None and route.fast is not None:
            self.timed += messages
            self.fast += messages * (outcome is Outcome.DELIVERED and delay <= route.fast)
        self.recipient += messages * (outcome is Outcome.RECIPIENT)
        self.unclassed += messages * (outcome is Outcome.UNCLASSED)
        self.bad += messages * (outcome in (Outcome.BAD, Outcome.UNCLASSED))

    def count(self, counts: Counts, route: Route) -> None:
        counts.add(Kind.FAILURES, route, self.bad, self.all)
        counts.add(Kind.BAD_LIST, route, self.recipient, self.all)
        if self.timed:
            counts.add(Kind.TOO_GOOD, route, self.fast, self.timed)
        errors = counts.errors[route.line[-1].scope.source]
        errors[0] += self.bad + self.recipient
        errors[1] += self.unclassed
