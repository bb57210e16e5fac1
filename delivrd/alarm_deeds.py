"""What the console's pages show of alarms and do about them, by the functions that the commands call."""

from collections.abc import Sequence

from alerts import acts, keeping
from alerts.told import Telling
from alerts.words import where
from console.acts import Refusal
from console.acts.alarms import AlarmChange, AlarmTold, Ends, Told
from delivrd.alert_acts import changes_of, mute_of, said
from delivrd.alert_tables import end_of, ends_of
from delivrd.errors import Trouble
from pipeline.clock import MINUTE_MS, Clock
from pipeline.settings.units import parse_duration
from pipeline.warehouse import Warehouse


class AlarmDeeds:
    """See console.acts.alarms."""

    def __init__(self, store: Warehouse, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def told(self, name: str) -> AlarmTold:
        """See console.acts.alarms."""
        changes = self._changes(name)
        alarm = changes[-1]
        notes = sorted(keeping.notes(self._store, [name]), key=lambda note: (note.at, note.target))
        muted = [until for what, until in acts.muted(self._store, self._clock()) if what == mute_of(alarm)]
        return AlarmTold(
            id=name,
            title=alarm.title,
            opened=end_of(alarm.opened),
            ended=end_of(alarm.ended) if alarm.ended else None,
            changes=[
                AlarmChange(end_of(one.minute), one.change.value, one.severity.value, where(one.scope), one.figures)
                for one in changes
            ],
            told=[Told(note.target, note.at, note.state.value, note.problem) for note in notes],
            place={part: value for part, value in alarm.scope._asdict().items() if value is not None},
            muted_until=muted[0] if muted else None,
            acknowledged=name in acts.acknowledged(self._store, [name]),
        )

    def ends(self, name: str) -> Sequence[Ends]:
        """See console.acts.alarms."""
        found = ends_of(self._store, self._changes(name)[-1])
        return [Ends(minute * MINUTE_MS, messages - failed, failed) for minute, failed, messages in found]

    def muted(self) -> Sequence[tuple[str, int]]:
        """See console.acts.alarms."""
        return [(said(what), until) for what, until in acts.muted(self._store, self._clock())]

    def mute(self, name: str, span: str) -> None:
        """See console.acts.alarms."""
        now = self._clock()
        try:
            until = now + parse_duration(span) * 1000 if span else now
        except ValueError as error:
            raise Refusal(str(error)) from None
        acts.mute(self._store, mute_of(self._changes(name)[-1]), until, now)

    def acknowledge(self, name: str) -> None:
        """See console.acts.alarms."""
        acts.acknowledge(self._store, self._changes(name)[-1].id, self._clock())

    def _changes(self, name: str) -> list[Telling]:
        try:
            return changes_of(self._store, name)
        except Trouble as error:
            raise Refusal(str(error)) from None
