"""All nodes, and what a closed minute does to them. Deterministic: equal minutes make equal scores."""

from collections import defaultdict
from collections.abc import Callable

from alerts import baseline, score, silence
from alerts.counting import Counts, count
from alerts.figures import Minute
from alerts.kinds import RATES, Kind, Rule
from alerts.learning import DAY, HOUR, refresh
from alerts.node import Node, Route
from alerts.scope import ACCOUNT, Scope, ancestors, parent
from alerts.state import State
from alerts.track import Track

Rules = Callable[[Kind, Scope], Rule]

QUIET = 8
"""Messages an hour below which silence is not looked for."""


class Forest:
    """The tree and its twin over the same routes. `rules` tells how sensitive each kind is at each node.

    `first` has the minute in which a source was first heard of (None: any), `errors` how many failures it told and
    how many of them without a class, fading.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.nodes: dict[Scope, Node] = {}
        self.first: dict[str | None, int] = {}
        self.errors: dict[str | None, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.minute = 0

    def take_rules(self, rules: Rules) -> None:
        """Judge by other rules from the next minute on. What is off now rings no more."""
        self.rules = rules
        self._refresh_all()
        for node in self.nodes.values():
            for kind, track in node.tracks.items():
                if rules(kind, node.scope).off:
                    track.calm(self.minute)

    # --- nodes

    def route(self, scope: Scope) -> Route:
        """The route, with what contains it; new ones are made."""
        node = self.nodes.get(scope)
        if node is None:
            self._first_heard(scope.source)
            line = tuple(self.node(one) for one in (*ancestors(scope), scope))
            node = line[-1]
            node.route = Route(line, self.minute - 1)
            for each in line:
                self._refresh(each)
        assert node.route is not None
        return node.route

    def source(self, name: str) -> Node:
        """The node of a source; a new one is made."""
        self._first_heard(name)
        self.node(ACCOUNT)
        return self.node(Scope(name))

    def node(self, scope: Scope) -> Node:
        """The node; a new one is made."""
        node = self.nodes.get(scope)
        if node is None:
            node = self.nodes[scope] = Node(scope)
        return node

    def age(self, source: str | None) -> int:
        """Minutes since a source was first heard of; None: since any was."""
        return self.minute - self.first.get(source, self.minute)

    def _first_heard(self, source: str | None) -> None:
        self.first.setdefault(source, self.minute)
        self.first.setdefault(None, self.minute)

    # --- a minute

    def score(self, figures: Minute) -> None:
        """Score the traffic of a closed minute."""
        minute = self.minute = figures.minute
        if minute % HOUR == 0:
            self._learn()
        counts = count(figures.heard, self.route)
        self._count_late(counts)
        for kind, pairs in counts.rates.items():
            for node, (k, n) in pairs.items():
                node.tracks[kind].meet(minute, k, n)
        for source, (failed, unclassed) in counts.errors.items():
            self.errors[source][0] += failed
            self.errors[source][1] += unclassed
        self._score_silence(counts.traffic)
        if minute % baseline.BIN_MINUTES == baseline.BIN_MINUTES - 1:
            for node in self.nodes.values():
                for kind in RATES:
                    node.tracks[kind].fold(minute)

    def advance(self) -> list[Track]:
        """Move every track's state on; those that begin to fire."""
        return [
            track
            for node in self.nodes.values()
            for track in node.tracks.values()
            if (track.state is not State.OK or track.peak >= score.RING) and track.advance(self.minute)
        ]

    def _count_late(self, counts: Counts) -> None:
        """Reports that never came cannot stop: some carriers give none."""
        for node in self.nodes.values():
            if node.route is not None and node.route.open:
                k, n = node.route.due(self.minute)
                if n and node.route.delays:
                    counts.add(Kind.LATE, node.route, k, n)

    def _score_silence(self, traffic: dict[Node, int]) -> None:
        for node, messages in traffic.items():
            node.hour += messages
        for node in self.nodes.values():
            if node.expected[1] < QUIET:
                continue
            expected = silence.within_hour(node.expected, self.minute % HOUR / HOUR) / HOUR
            got = traffic.get(node, 0)
            gain = silence.evidence(got, expected)
            node.tracks[Kind.SILENCE].meet_gain(self.minute, gain, expected, got)

    # --- learning

    def _learn(self) -> None:
        hour = self.minute // HOUR
        new_day = self.minute % DAY == 0
        for node in self.nodes.values():
            node.learn(hour, new_day)
        if new_day:
            for pair in self.errors.values():
                pair[:] = [value * baseline.FADING for value in pair]
        self._refresh_all()

    def _refresh_all(self) -> None:
        for node in sorted(self.nodes.values(), key=lambda node: node.scope.depth):
            self._refresh(node)

    def _refresh(self, node: Node) -> None:
        above = parent(node.scope)
        source = node.scope.source
        failed, unclassed = self.errors[source]
        refresh(
            node,
            self.nodes[above] if above is not None else None,
            lambda kind: self.rules(kind, node.scope),
            first_day=self.age(source) < DAY,
            classed=failed >= baseline.ROOM and unclassed <= failed / 2,
        )
