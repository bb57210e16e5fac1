"""The alerter: judges each minute when it is over, keeps what changes, and tells who is to be told.

It keeps no state of its own. At a start the last two weeks are played again, as a backtest does; what rang, and who was
told of it, is known from the warehouse. One alerter at a time: who starts it sees to that.
"""

from collections.abc import Callable

import structlog

from alerts import acts, keeping, sending
from alerts.backtest import LEARN_DAYS, begin_of
from alerts.due import MOST_TRIES, Due, due
from alerts.keeping import MINUTE_MS, Note, NoteState
from alerts.learning import DAY
from alerts.reading import BLOCK, minutes
from alerts.rules import rules_of
from alerts.texts import body, subject
from alerts.told import Telling, as_json
from alerts.watch import Watch
from pipeline.clock import Clock
from pipeline.settings.alerts import AlertsSettings
from pipeline.warehouse import Warehouse

PATIENCE_MS = 120_000
"""How long a minute waits for records that are still on their way through the log."""
SHOWN_DAYS = 2

log = structlog.get_logger(__name__)


class Alerter:
    """`is_stored` tells whether all records that came before a moment (UTC ms) are in the warehouse."""

    def __init__(
        self, store: Warehouse, settings: AlertsSettings, clock: Clock, is_stored: Callable[[int], bool]
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._is_stored = is_stored
        self._watch = Watch(rules_of(settings.rules))
        self._next = 0

    def start(self) -> None:
        """Learn again what the last two weeks were like, up to what was judged. Raises Retry, Setup."""
        now = self._clock() // MINUTE_MS
        judged = min(now, keeping.progress(self._store) or now)
        since = (judged // DAY - LEARN_DAYS) * DAY
        begin = begin_of(self._store, since + LEARN_DAYS * DAY, judged)
        for figures in minutes(self._store, begin, judged):
            self._watch.take(figures)
        self._adopt(judged)
        self._next = judged
        log.info("alerter_started", judged_until=judged * 60, learned_from=begin * 60)

    def turn(self) -> None:
        """Judge what is over, then tell. Raises Retry, Refused, Setup; then it can be called again."""
        closed = self._clock() // MINUTE_MS
        while self._next < closed and self._may_judge(self._next):
            last = min(closed, self._next + BLOCK) if closed - self._next > PATIENCE_MS // MINUTE_MS else self._next + 1
            for figures in list(minutes(self._store, self._next, last)):
                keeping.keep(self._store, self._watch.take(figures), figures.minute)
            keeping.keep_progress(self._store, last)
            self._next = last
        if self._next == closed:
            self._tell()

    def _may_judge(self, minute: int) -> bool:
        end = (minute + 1) * MINUTE_MS
        return self._is_stored(end) or self._clock() - end > PATIENCE_MS

    def _adopt(self, judged: int) -> None:
        """The alarms that are open have the names under which they were told."""
        open_before = {
            (one.kind, one.scope): one for one in _latest(keeping.changes(self._store, judged)) if one.ended is None
        }
        for alarm in self._watch.alarms.open:
            known = open_before.get((alarm.kind, alarm.scope))
            if known is not None:
                alarm.id, alarm.changes, alarm.opened = known.id, known.number, known.opened

    def _tell(self) -> None:
        changes = keeping.changes(self._store, self._next - SHOWN_DAYS * DAY)
        if not changes:
            return
        ids, now = {one.id for one in changes}, self._clock()
        notes, acknowledged = keeping.notes(self._store, ids), acts.acknowledged(self._store, ids)
        rules = (*self._settings.rules, *acts.mute_rules(self._store, now))
        settings = self._settings.model_copy(update={"rules": rules})
        for one in list(due(changes, notes, settings, now, acknowledged)):
            self._tell_one(one)

    def _tell_one(self, one: Due) -> None:
        """Begun is noted first: who is killed in between tells it no second time."""
        target = self._settings.targets[one.target]
        begun = self._clock()
        self._note(one, NoteState.SENDING, begun)
        urgency = "over" if one.telling.ended is not None else one.telling.severity.value
        try:
            text = body(one, self._settings.timezone)
            sending.send(target.url, subject(one), text, urgency, as_json(one.telling))
        except sending.NotSent as error:
            state = NoteState.GIVEN_UP if one.tries + 1 >= MOST_TRIES else NoteState.FAILED
            self._note(one, state, max(self._clock(), begun + 1), str(error))
            log.warning("not_told", target=one.target, alert=one.telling.id, reason=str(error), state=state.value)
        else:
            self._note(one, NoteState.SENT, max(self._clock(), begun + 1))
            log.info("told", target=one.target, alert=one.telling.id, number=one.number)

    def _note(self, one: Due, state: NoteState, at: int, problem: str = "") -> None:
        note = Note(one.telling.id, one.number, one.reminder, one.target, state, one.tries + 1, at, problem)
        keeping.keep_note(self._store, note)


def _latest(changes: list[Telling]) -> list[Telling]:
    return list({one.id: one for one in changes}.values())
