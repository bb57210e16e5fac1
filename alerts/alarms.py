"""Alarms: which tracks have one cause, and what changes. An alarm is told once, and then of its changes only."""

from enum import StrEnum

import msgspec
import xxhash

from alerts.forest import Forest
from alerts.grouping import cause
from alerts.kinds import ORDER, Kind, Severity
from alerts.learning import DAY
from alerts.scope import Scope
from alerts.silence import PAGE_DAYS
from alerts.state import State
from alerts.track import Track

ALIVE_MINUTES = 60
"""What fires joins an alarm that had evidence within this time; else it is another one."""
STEADY_MINUTES = 5
"""A scope has to explain best for so long before the alarm's is changed."""
FRESH_MINUTES = 2
HELD = 0.5


class Change(StrEnum):
    """What an alarm's notification tells."""

    OPENED = "opened"
    UPDATED = "updated"
    RESOLVED = "resolved"


class Alarm(msgspec.Struct):
    """One cause. `trigger` is the track whose figures explain it, `members` all that fired for it."""

    id: str
    kind: Kind
    severity: Severity
    scope: Scope
    opened: int
    onset: int
    trigger: Track
    members: list[Track]
    changes: int = 0
    ended: int | None = None
    wish: Scope | None = None
    wished: int = 0
    rate: tuple[float, float] = (0.0, 0.0)
    peak: float = 0.0

    @property
    def hot(self) -> int:
        """The last minute with evidence."""
        return max(track.hot for track in self.members)


class Alarms:
    """The alarms of a forest that are open."""

    def __init__(self, forest: Forest) -> None:
        self._forest = forest
        self.open: list[Alarm] = []

    def take(self, fresh: list[Track], minute: int) -> list[tuple[Change, Alarm]]:
        """What changes in this minute, in which `fresh` begin to fire. Their order does not matter."""
        return [*self._fired(fresh, minute), *self._moved(minute), *self._ended(minute)]

    def _fired(self, fresh: list[Track], minute: int) -> list[tuple[Change, Alarm]]:
        changes = []
        for track in sorted(fresh, key=_importance):
            scope = cause(self._forest, track, track.onset.minute)
            alarm = self._same_cause(track, scope, minute)
            if alarm is None:
                changes.append((Change.OPENED, self._opened(track, scope, minute)))
                continue
            alarm.members.append(track)
            if ORDER[track.kind] < ORDER[alarm.kind] and self._severity(track) is alarm.severity:
                alarm.kind, alarm.trigger = track.kind, track
                changes.append((Change.UPDATED, alarm))
        return changes

    def _moved(self, minute: int) -> list[tuple[Change, Alarm]]:
        return [(Change.UPDATED, alarm) for alarm in self.open if self._rescoped(alarm, minute)]

    def _ended(self, minute: int) -> list[tuple[Change, Alarm]]:
        over = [alarm for alarm in self.open if self._is_over(alarm)]
        for alarm in over:
            alarm.ended = minute
            self.open.remove(alarm)
            self._calm(alarm, minute)
        return [(Change.RESOLVED, alarm) for alarm in over]

    # --- one cause

    def _same_cause(self, track: Track, scope: Scope, minute: int) -> Alarm | None:
        for alarm in self.open:
            if minute - alarm.hot > ALIVE_MINUTES or not self._explains(alarm, track, scope, minute):
                continue
            if alarm.scope.source == scope.source and alarm.scope.related(scope):
                return alarm
            near = alarm.scope.source is not None and alarm.scope.source == scope.source
            if alarm.kind is track.kind and (near or alarm.scope.related(scope)):
                return alarm
        return None

    def _explains(self, alarm: Alarm, track: Track, scope: Scope, minute: int) -> bool:
        """Whether who was told of the alarm need not be told of this too.

        A page is not hidden by a notice, but that a bad list also answers late is no news. A deeper cause that comes
        long after the alarm is another one.
        """
        if self._severity(track) is Severity.PAGE and alarm.severity is Severity.NOTICE:
            return track.kind is Kind.LATE and track.rate < track.ref + HELD and alarm.scope.related(scope)
        return ORDER[track.kind] >= ORDER[alarm.kind] or minute - alarm.opened <= ALIVE_MINUTES

    def _opened(self, track: Track, scope: Scope, minute: int) -> Alarm:
        name = xxhash.xxh3_64_hexdigest(f"{track.kind}\x1f{scope!r}\x1f{minute}".encode())[:8]
        alarm = Alarm(name, track.kind, self._severity(track), scope, minute, track.onset.minute, track, [track])
        self.open.append(alarm)
        return alarm

    def _severity(self, track: Track) -> Severity:
        """The rule's; a stop of the user's own sending, or a silence while little is known, is a notice at most."""
        rule = self._forest.rules(track.kind, track.scope)
        young = self._forest.age(track.scope.source) < PAGE_DAYS * DAY
        if track.kind is Kind.SILENCE and (young or self._submits(track.scope)):
            return Severity.NOTICE
        return rule.severity

    def _submits(self, scope: Scope) -> bool:
        return any(
            node.route.submits for node in self._forest.nodes.values() if node.route and scope.contains(node.scope)
        )

    # --- changes

    def _rescoped(self, alarm: Alarm, minute: int) -> bool:
        trigger = alarm.trigger
        if trigger.state is not State.FIRING or minute - trigger.hot > FRESH_MINUTES:
            alarm.wish = None
            return False
        scope = cause(self._forest, trigger, alarm.onset)
        if scope == alarm.scope:
            alarm.wish = None
            return False
        if scope != alarm.wish:
            alarm.wish, alarm.wished = scope, minute
        if minute - alarm.wished < STEADY_MINUTES:
            return False
        alarm.scope, alarm.wish = scope, None
        return True

    def _is_over(self, alarm: Alarm) -> bool:
        node = self._forest.nodes.get(alarm.scope)
        if node is not None and node.tracks[alarm.kind].state is not State.OK:
            return False
        within = [track for track in alarm.members if alarm.scope.contains(track.scope)] or alarm.members
        return all(track.state is State.OK for track in within)

    def _calm(self, alarm: Alarm, minute: int) -> None:
        """What the alarm's line has seen belongs to it and rings no second time."""
        kinds = {track.kind for track in alarm.members}
        for node in self._forest.nodes.values():
            if alarm.scope.related(node.scope):
                for kind in kinds & node.tracks.keys():
                    node.tracks[kind].calm(minute)


def _importance(track: Track) -> tuple[int, float, int, str]:
    return ORDER[track.kind], -track.peak, track.scope.depth, str(track.scope)
