"""An alarm at one of its changes, as it is kept, shown and told. Nothing of it changes afterwards."""

from typing import Any

import msgspec

from alerts.alarms import Alarm, Change
from alerts.forest import Forest
from alerts.kinds import Kind, Severity
from alerts.scope import Scope
from alerts.track import Track
from alerts.words import TITLES, percent, share, where


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """Minutes are since 1970. `k` of `n` messages went wrong since the onset, of which `usual` is the usual share.

    For a silence, `n` messages came where `k` were expected. `score` is the evidence: e to its power are the odds
    against luck.
    """

    id: str
    number: int
    change: Change
    minute: int
    kind: Kind
    severity: Severity
    scope: Scope
    onset: int
    opened: int
    ended: int | None
    k: float
    n: float
    usual: float
    worst_normal: float
    score: float
    also: tuple[Kind, ...] = ()

    @property
    def title(self) -> str:
        """What and where, in one line."""
        state = "over: " if self.change is Change.RESOLVED else ""
        return f"{state}{where(self.scope)}: {TITLES[self.kind]}"

    @property
    def figures(self) -> str:
        """How many of how many, and what is usual."""
        if self.kind is Kind.UNHEARD:
            return "no webhook and no answer to a poll for longer than ever in the last two weeks"
        if self.kind is Kind.SILENCE:
            return f"{self.n:,.0f} messages where about {self.k:,.0f} are usual"
        usual = f"usual {percent(self.usual)}, normal at worst {percent(self.worst_normal)}"
        return f"{share(self.k, self.n)}; {usual}"


def telling(change: Change, alarm: Alarm, forest: Forest, minute: int) -> Telling:
    """The alarm as it stands, with this change counted. When it is over, its figures stay what they were."""
    alarm.changes += 1
    track = _witness(alarm, forest)
    if change is not Change.RESOLVED:
        alarm.rate = track.since_minute(alarm.onset)
        alarm.peak = max(alarm.peak, alarm.trigger.peak)
    k, n = alarm.rate
    return Telling(
        id=alarm.id,
        number=alarm.changes,
        change=change,
        minute=minute,
        kind=alarm.kind,
        severity=alarm.severity,
        scope=alarm.scope,
        onset=alarm.onset,
        opened=alarm.opened,
        ended=alarm.ended,
        k=round(k, 1),
        n=round(n, 1),
        usual=track.p,
        worst_normal=track.ref,
        score=round(alarm.peak, 1),
        also=tuple(sorted({member.kind for member in alarm.members} - {alarm.kind})),
    )


def _witness(alarm: Alarm, forest: Forest) -> Track:
    """The track whose figures explain the alarm: its scope's own, or where that heard nothing, the one that rang."""
    node = forest.nodes.get(alarm.scope)
    track = node.tracks.get(alarm.kind) if node is not None else None
    return track if track is not None and any(track.since_minute(alarm.onset)) else alarm.trigger


def as_json(alarm: Telling) -> dict[str, Any]:
    """As documented in docs/alarms.md: times in seconds since 1970, null for any. It rings when its minute is over."""
    return {
        "id": alarm.id,
        "start": (alarm.opened + 1) * 60,
        "end": (alarm.ended + 1) * 60 if alarm.ended else None,
        "onset": alarm.onset * 60,
        "kind": alarm.kind,
        "severity": alarm.severity,
        "scope": alarm.scope._asdict(),
        "bad": alarm.k,
        "of": alarm.n,
        "usual": round(alarm.usual, 4),
        "worst_normal": round(alarm.worst_normal, 4),
        "score": alarm.score,
        "also": alarm.also,
        "changes": alarm.number,
    }
