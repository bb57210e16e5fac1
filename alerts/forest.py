"""All nodes, and what a closed minute does to them. Deterministic: equal minutes make equal scores."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from alerts import baseline, score, silence
from alerts.figures import Heard, Minute, Outcome
from alerts.kinds import RATES, Kind, Rule
from alerts.lateness import YOUNG
from alerts.node import Node, Route
from alerts.scope import ACCOUNT, Scope, ancestors, parent
from alerts.state import State
from alerts.track import Track

Rules = Callable[[Kind, Scope], Rule]

HOUR = 60
DAY = 1440
PRIOR = {Kind.LATE: 0.05, Kind.FAILURES: 0.05, Kind.BAD_LIST: 0.05, Kind.TOO_GOOD: 0.85}
PRIOR_SPREAD = 0.02
COLD_FLOOR = 0.10
COLD_REF = 0.25
LEAST_HISTORY = 500.0
QUIET = 8
"""Messages an hour below which silence is not looked for."""
K_OF = {
    Kind.FAILURES: (Outcome.BAD, Outcome.UNCLASSED),
    Kind.BAD_LIST: (Outcome.RECIPIENT,),
}


class Forest:
    """The tree and its twin over the same routes. `rules` tells how sensitive each kind is at each node."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.nodes: dict[Scope, Node] = {}
        self.first: dict[str | None, int] = {}
        self.unclassed: dict[str | None, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.minute = 0

    # --- nodes

    def route(self, scope: Scope, minute: int) -> Route:
        """The route, with what contains it; new ones are made."""
        node = self.nodes.get(scope)
        if node is None:
            self.first.setdefault(scope.source, minute)
            self.first.setdefault(None, minute)
            line = tuple(self._node(one) for one in (*ancestors(scope), scope))
            node = line[-1]
            node.route = Route(line)
            node.route.judged = minute - 1
            for each in line:
                self._refresh(each, minute)
        assert node.route is not None
        return node.route

    def source(self, name: str, minute: int) -> Node:
        """The node of a source; a new one is made."""
        self.first.setdefault(name, minute)
        self._node(ACCOUNT)
        return self._node(Scope(name))

    def _node(self, scope: Scope) -> Node:
        node = self.nodes.get(scope)
        if node is None:
            node = self.nodes[scope] = Node(scope)
        return node

    # --- a minute

    def score(self, figures: Minute) -> None:
        """Score the traffic of a closed minute."""
        minute = figures.minute
        self.minute = minute
        if minute % HOUR == 0:
            self._hour(minute)
        counts: dict[Kind, dict[Node, list[float]]] = {kind: {} for kind in RATES}
        traffic: dict[Node, int] = defaultdict(int)
        self._count(figures.heard, minute, counts, traffic)
        self._count_late(minute, counts[Kind.LATE])
        for kind, by_node in counts.items():
            for node, (k, n) in by_node.items():
                track = node.tracks[kind]
                track.bin[0] += k
                track.bin[1] += n
                if track.weights:
                    track.take(minute, k, n)
        self._silence(minute, traffic)
        if minute % baseline.BIN_MINUTES == baseline.BIN_MINUTES - 1:
            self._fold()

    def _count(
        self,
        heard: Iterable[Heard],
        minute: int,
        counts: dict[Kind, dict[Node, list[float]]],
        traffic: dict[Node, int],
    ) -> None:
        routes: dict[Scope, list[float]] = {}
        for scope, outcome, submitted, delay, count in heard:
            route = self.route(scope, minute)
            if outcome is Outcome.SUBMITTED:
                assert submitted is not None
                route.submitted(submitted, count)
                for node in route.line:
                    traffic[node] += count
                continue
            if submitted is not None and delay is not None:
                route.reported(submitted, delay, count)
            if not route.submits:
                for node in route.line:
                    traffic[node] += count
            if delay is not None and delay > YOUNG:
                continue
            own = routes.setdefault(scope, [0, 0, 0, 0, 0])
            own[0] += count
            timed = delay is not None and route.fast is not None
            own[4] += count * (timed or not route.submits)
            if outcome is Outcome.DELIVERED:
                own[3] += count * (delay <= route.fast if timed else not route.submits)
            elif outcome is Outcome.RECIPIENT:
                own[2] += count
            else:
                own[1] += count
            if outcome is not Outcome.DELIVERED:
                kinds = self.unclassed[scope.source]
                kinds[0] += count
                kinds[1] += count * (outcome is Outcome.UNCLASSED)
        failures, lists, good = counts[Kind.FAILURES], counts[Kind.BAD_LIST], counts[Kind.TOO_GOOD]
        for scope, (finals, bad, recipient, fast, timed) in routes.items():
            for node in self.nodes[scope].route.line:
                for by_node, k, n in ((failures, bad, finals), (lists, recipient, finals), (good, fast, timed)):
                    pair = by_node.get(node)
                    if pair is None:
                        by_node[node] = [k, n]
                    else:
                        pair[0] += k
                        pair[1] += n

    def _count_late(self, minute: int, counts: dict[Node, list[float]]) -> None:
        for node in list(self.nodes.values()):
            route = node.route
            if route is None or not route.open:
                continue
            k, n = route.due(minute)
            if n:
                for each in route.line:
                    pair = counts.setdefault(each, [0, 0])
                    pair[0] += k
                    pair[1] += n

    def _silence(self, minute: int, traffic: dict[Node, int]) -> None:
        for node, count in traffic.items():
            node.hour += count
        into = (minute % HOUR) / HOUR
        for node in self.nodes.values():
            before, now, after = node.expected
            if now < QUIET:
                continue
            if into < 0.5:
                hourly = now + (before - now) * (0.5 - into) if before else now
            else:
                hourly = now + (after - now) * (into - 0.5)
            expected = max(0.0, hourly) / HOUR
            got = traffic.get(node, 0)
            track = node.tracks[Kind.SILENCE]
            track.take_gain(minute, silence.evidence(got, expected), expected, got)

    def advance(self) -> list[Track]:
        """Move every track's state on; those that begin to fire."""
        minute = self.minute
        fresh = []
        for node in self.nodes.values():
            for track in node.tracks.values():
                if (track.state is not State.OK or track.peak >= score.RING) and track.advance(minute):
                    fresh.append(track)
        return fresh

    # --- learning

    def _fold(self) -> None:
        for node in self.nodes.values():
            for kind in RATES:
                track = node.tracks[kind]
                k, n = track.bin
                if n:
                    if track.state is State.OK or self.minute - track.since > DAY:
                        track.history.add(k, n, track.p)
                    track.bin[0] = track.bin[1] = 0.0

    def _hour(self, minute: int) -> None:
        position = minute // HOUR % silence.HOURS
        for node in self.nodes.values():
            node.hours[(position - 1) % silence.HOURS] = node.hour
            node.hour = 0
            node.expected = tuple(
                silence.expectation(node.hours, (position + shift) % silence.HOURS) for shift in (-1, 0, 1)
            )
            if minute % DAY == 0:
                for track in node.tracks.values():
                    track.history.fade()
                if node.route:
                    node.route.delays = {b: c * baseline.FADING for b, c in node.route.delays.items()}
            if node.route:
                node.route.learn()
        if minute % DAY == 0:
            for kinds in self.unclassed.values():
                kinds[0] *= baseline.FADING
                kinds[1] *= baseline.FADING
        for node in sorted(self.nodes.values(), key=lambda node: node.scope.depth):
            self._refresh(node, minute)

    def _refresh(self, node: Node, minute: int) -> None:
        above = parent(node.scope)
        upper = self.nodes[above].tracks if above is not None else None
        for kind in RATES:
            track = node.tracks[kind]
            rule = self.rules(kind, node.scope)
            if rule.off:
                track.weights = ()
                continue
            history = track.history
            track.p = baseline.usual_rate(history, upper[kind].p if upper else PRIOR[kind])
            track.rho = baseline.usual_spread(history, upper[kind].rho if upper else PRIOR_SPREAD)
            if kind is Kind.TOO_GOOD:
                track.ref = baseline.best_normal(track.p, track.rho, rule.z)
                track.weights = score.weights(track.ref) if history.n >= LEAST_HISTORY else ()
                continue
            floor = rule.floor
            if kind is Kind.FAILURES and self._cannot_tell(node.scope.source):
                floor = max(floor, COLD_FLOOR)
            ref = baseline.worst_normal(track.p, track.rho, rule.z, floor, rule.ceiling)
            if minute - self.first.get(node.scope.source, minute) < DAY:
                ref = max(ref, COLD_REF)
            track.ref = ref
            track.weights = score.weights(ref)

    def _cannot_tell(self, source: str | None) -> bool:
        failed, unclassed = self.unclassed[source]
        return failed < baseline.ROOM or unclassed > failed / 2
