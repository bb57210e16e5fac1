"""A node of the tree with all its tracks; a route also knows its messages' delays."""

from array import array
from typing import cast

from alerts import baseline, lateness, silence
from alerts.kinds import RATES, SOURCE_KINDS, Kind
from alerts.scope import Scope
from alerts.track import Track


class Node:
    """`hours` are the messages of each hour of the last fourteen days, `hour` those of the one that runs."""

    __slots__ = ("expected", "hour", "hours", "route", "scope", "tracks")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        of_sources = SOURCE_KINDS if scope.depth == 1 and scope.source is not None else ()
        self.tracks = {kind: Track(scope, kind) for kind in (*RATES, Kind.SILENCE, *of_sources)}
        self.hours = array("i", [silence.UNKNOWN] * silence.HOURS)
        self.hour = 0
        self.expected = (0.0, 0.0, 0.0)
        self.route: Route | None = None

    def learn(self, hour: int, new_day: bool) -> None:
        """An hour (since 1970) begins."""
        self.hours[(hour - 1) % silence.HOURS] = self.hour
        self.hour = 0
        around = [silence.expectation(self.hours, (hour + shift) % silence.HOURS) for shift in (-1, 0, 1)]
        self.expected = cast("tuple[float, float, float]", tuple(around))
        if new_day:
            for track in self.tracks.values():
                track.history.fade()
        if self.route is not None:
            self.route.learn(new_day)


class Route:
    """What is known of a route's messages beyond their number.

    `open` has, by minute of submission, how many messages there were and how many have their report.
    """

    __slots__ = ("age", "delays", "fast", "judged", "limit", "line", "open", "submits")

    def __init__(self, line: tuple[Node, ...], judged: int) -> None:
        self.line = line
        self.delays: dict[int, float] = {}
        self.age = lateness.UNTIL_KNOWN
        self.fast: int | None = None
        self.limit: int | None = None
        self.judged = judged
        self.open: dict[int, list[int]] = {}
        self.submits = False

    def submitted(self, minute: int | None, count: int) -> None:
        """Messages that were submitted in `minute`; None where their reports were there before."""
        self.submits = True
        if minute is not None:
            self.open.setdefault(minute, [0, 0])[0] += count

    def reported(self, minute: int, delay: int, count: int) -> None:
        """Final reports of messages that were submitted in `minute`."""
        self.delays[delay] = self.delays.get(delay, 0.0) + count
        if minute > self.judged and (self.limit is None or delay <= self.limit):
            self.open.setdefault(minute, [0, 0])[1] += count

    def due(self, minute: int) -> tuple[int, int]:
        """How many of the messages that come of age in `minute` are late, and how many they are."""
        late = messages = 0
        for submitted in sorted(self.open):
            if submitted > minute - self.age:
                break
            count, done = self.open.pop(submitted)
            if submitted > self.judged and count:
                late += max(0, count - done)
                messages += count
        self.judged = max(self.judged, minute - self.age)
        return late, messages

    def learn(self, new_day: bool) -> None:
        """Take over what the delays have come to."""
        if new_day:
            self.delays = {bucket: messages * baseline.FADING for bucket, messages in self.delays.items()}
        self.limit = lateness.limit(self.delays)
        self.age = lateness.age(self.limit)
        known = sum(self.delays.values()) >= lateness.FEWEST
        self.fast = lateness.quantile(self.delays, 0.75) if known else None
