"""What is watched of a source as a whole: that it is heard at all, and that what it sends can be read."""

from collections import deque

from alerts import baseline, score
from alerts.forest import Forest
from alerts.kinds import Kind
from alerts.learning import DAY
from alerts.node import Node
from alerts.state import State

LEAST_GAP = 15
ROOM_FOR_GAPS = 1.5
"""Unheard is who is silent for the longest usual gap and half as long again, as a longer one comes by chance."""
KNOWN_DAYS = 3
GAP_DAYS = 14
ONE_BATCH = score.MOST_A_MINUTE
OVER = -100.0


class Source:
    """When a source was last heard, and its longest gap of each of the last days."""

    __slots__ = ("first", "gaps", "last", "node")

    def __init__(self, node: Node, minute: int) -> None:
        self.node = node
        self.first = self.last = minute
        self.gaps: deque[tuple[int, int]] = deque()

    def heard(self, minute: int) -> None:
        """It told something; the gap before that belongs to this day."""
        gap, day = minute - self.last, minute // DAY
        self.last = minute
        if self.gaps and self.gaps[-1][0] == day:
            gap = max(gap, self.gaps.pop()[1])
        self.gaps.append((day, gap))
        while self.gaps[0][0] <= day - GAP_DAYS:
            self.gaps.popleft()

    def overdue(self, minute: int) -> bool:
        """Whether it is silent for longer than is usual for it."""
        if self.last - self.first < KNOWN_DAYS * DAY:
            return False
        longest = max(gap for _, gap in self.gaps)
        return minute - self.last > max(LEAST_GAP, ROOM_FOR_GAPS * longest)


class Sources:
    """All sources of a forest that were ever heard."""

    def __init__(self, forest: Forest) -> None:
        self._forest = forest
        self.known: dict[str, Source] = {}

    def take(self, minute: int, records: dict[str, tuple[int, int]], told: frozenset[str]) -> None:
        """Score a closed minute, before the forest decides on it."""
        for name, (facts, dead) in records.items():
            self._readable(self._forest.source(name), minute, dead, facts + dead)
        for name in told:
            source = self.known.get(name)
            if source is None:
                source = self.known[name] = Source(self._forest.source(name), minute)
            source.heard(minute)
        for name, source in self.known.items():
            track = source.node.tracks[Kind.UNHEARD]
            if self._forest.rules(Kind.UNHEARD, source.node.scope).off:
                continue
            if source.overdue(minute):
                track.meet_gain(minute, ONE_BATCH, 1, 0)
            elif track.peak or track.state is not State.OK:
                track.meet_gain(minute, OVER, 0, name in told)

    def _readable(self, node: Node, minute: int, k: int, n: int) -> None:
        track = node.tracks[Kind.UNREADABLE]
        rule = self._forest.rules(Kind.UNREADABLE, node.scope)
        track.p = baseline.usual_rate(track.history, 0.0)
        track.rho = baseline.usual_spread(track.history, baseline.LEAST_SPREAD)
        track.ref = baseline.worst_normal(track.p, track.rho, rule.z, rule.floor, rule.ceiling)
        track.weights = () if rule.off else score.weights(track.ref)
        track.meet(minute, k, n)
        track.fold(minute)
