"""Alarms: which tracks belong to one cause, and what is to be told of it."""

from enum import StrEnum

import msgspec

from alerts.forest import Forest
from alerts.grouping import cause
from alerts.kinds import ORDER, Kind, Rule, Severity
from alerts.scope import Scope
from alerts.state import State
from alerts.track import Track

ALIVE_MINUTES = 60
STEADY_MINUTES = 5


class Change(StrEnum):
    OPENED = "opened"
    UPDATED = "updated"
    RESOLVED = "resolved"


class Alarm(msgspec.Struct):
    number: int
    kind: Kind
    severity: Severity
    scope: Scope
    opened: int
    onset: int
    trigger: Track
    members: list[Track]
    ended: int | None = None
    wish: Scope | None = None
    wished: int = 0

    def hot(self) -> int:
        return max(track.hot for track in self.members)


class Alarms:
    def __init__(self, forest: Forest) -> None:
        self.forest = forest
        self.open: list[Alarm] = []
        self.count = 0

    def take(self, fresh: list[Track], minute: int) -> list[tuple[Change, Alarm]]:
        changes: list[tuple[Change, Alarm]] = []
        fresh.sort(key=lambda track: (ORDER[track.kind], -track.peak, track.scope.depth, str(track.scope)))
        for track in fresh:
            scope, _ = cause(self.forest, track, track.onset.minute)
            alarm = self._joined(track, scope, minute)
            if alarm is None:
                changes.append((Change.OPENED, self._new(track, scope, minute)))
            else:
                alarm.members.append(track)
                if ORDER[track.kind] < ORDER[alarm.kind] and self.severity(track) is alarm.severity:
                    alarm.kind, alarm.trigger = track.kind, track
                    changes.append((Change.UPDATED, alarm))
        for alarm in self.open:
            if self._rescoped(alarm, minute):
                changes.append((Change.UPDATED, alarm))
        for alarm in list(self.open):
            if self._over(alarm):
                alarm.ended = minute
                self.open.remove(alarm)
                self._calm(alarm, minute)
                changes.append((Change.RESOLVED, alarm))
        return changes

    def severity(self, track: Track) -> Severity:
        rule: Rule = self.forest.rules(track.kind, track.scope)
        if track.kind is Kind.SILENCE and self._submits(track.scope):
            return Severity.NOTICE
        return rule.severity

    def _submits(self, scope: Scope) -> bool:
        return any(
            node.route.submits for node in self.forest.nodes.values() if node.route and scope.contains(node.scope)
        )

    def _joined(self, track: Track, scope: Scope, minute: int) -> Alarm | None:
        severity = self.severity(track)
        for alarm in self.open:
            if severity is Severity.PAGE and alarm.severity is Severity.NOTICE:
                if not (track.kind is Kind.LATE and track.rate < track.ref + 0.5 and alarm.scope.related(scope)):
                    continue
            elif ORDER[track.kind] < ORDER[alarm.kind] and minute - alarm.opened > ALIVE_MINUTES:
                continue
            if minute - alarm.hot() > ALIVE_MINUTES:
                continue
            if alarm.scope.source == scope.source and alarm.scope.related(scope):
                return alarm
            if alarm.kind is track.kind and (alarm.scope.related(scope) or _near(alarm.scope, scope)):
                return alarm
        return None

    def _new(self, track: Track, scope: Scope, minute: int) -> Alarm:
        self.count += 1
        onset = track.onset.minute
        alarm = Alarm(self.count, track.kind, self.severity(track), scope, minute, onset, track, [track])
        self.open.append(alarm)
        return alarm

    def _rescoped(self, alarm: Alarm, minute: int) -> bool:
        if alarm.trigger.state is not State.FIRING or minute - alarm.trigger.hot > 2:
            alarm.wish = None
            return False
        scope, worth = cause(self.forest, alarm.trigger, max(alarm.onset, minute - 110))
        if scope == alarm.scope:
            alarm.wish = None
            return False
        if scope != alarm.wish:
            alarm.wish, alarm.wished = scope, minute
        if minute - alarm.wished < STEADY_MINUTES:
            return False
        alarm.scope, alarm.wish = scope, None
        return True

    def _over(self, alarm: Alarm) -> bool:
        within = [track for track in alarm.members if alarm.scope.contains(track.scope)] or alarm.members
        node = self.forest.nodes.get(alarm.scope)
        if node is not None and node.tracks[alarm.kind].state is not State.OK:
            return False
        return all(track.state is State.OK for track in within)

    def _calm(self, alarm: Alarm, minute: int) -> None:
        kinds = {track.kind for track in alarm.members}
        for node in self.forest.nodes.values():
            if alarm.scope.related(node.scope):
                for kind in kinds:
                    node.tracks[kind].calm(minute)


def _near(one: Scope, other: Scope) -> bool:
    if one.source is not None and other.source is not None:
        return one.source == other.source
    return False
