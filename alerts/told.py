"""An alarm at one of its changes, as it is kept, shown and told. Nothing of it changes afterwards."""

import msgspec

from alerts.alarms import Alarm, Change
from alerts.kinds import Kind, Severity
from alerts.scope import Scope
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


def telling(change: Change, alarm: Alarm, minute: int) -> Telling:
    """The alarm as it stands, with this change counted."""
    alarm.changes += 1
    trigger = alarm.trigger
    if change is not Change.RESOLVED:
        onset = trigger.onset
        alarm.rate = (trigger.k - onset.k, trigger.n - onset.n)
        alarm.peak = max(alarm.peak, trigger.peak)
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
        usual=trigger.p,
        worst_normal=trigger.ref,
        score=round(alarm.peak, 1),
        also=tuple(sorted({track.kind for track in alarm.members} - {alarm.kind})),
    )
