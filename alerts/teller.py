"""Telling people: what is due goes to its targets, each change at most once, whatever is killed."""

from collections.abc import Callable

import structlog

from alerts import acts, keeping, sending
from alerts.background import background
from alerts.due import MOST_TRIES, Due, due
from alerts.keeping import Note, NoteState
from alerts.learning import DAY
from alerts.texts import body, content, link, subject
from pipeline.clock import Clock
from pipeline.settings.alerts import AlertsSettings
from pipeline.warehouse import Warehouse

SHOWN_DAYS = 2

log = structlog.get_logger(__name__)


class Teller:
    """`console` is the address of the console's pages; `holder` the name under which this one begins to tell."""

    def __init__(self, store: Warehouse, settings: AlertsSettings, clock: Clock, console: str, holder: str) -> None:
        self.settings = settings
        self.console = console
        self._store = store
        self._clock = clock
        self._holder = holder
        self._begun: Note | None = None  # noted, perhaps, and not sent

    def tell(self, judged: int, may_go_on: Callable[[], bool]) -> None:
        """What is due when all minutes before `judged` are. Raises Retry, Refused, Setup."""
        changes = keeping.changes(self._store, judged - SHOWN_DAYS * DAY)
        if not changes:
            return
        ids, now = {one.id for one in changes}, self._clock()
        notes = [one for one in keeping.notes(self._store, ids) if one != self._begun]
        acknowledged = acts.acknowledged(self._store, ids)
        rules = (*self.settings.rules, *acts.mute_rules(self._store, now))
        settings = self.settings.model_copy(update={"rules": rules})
        for one in list(due(changes, notes, settings, now, acknowledged)):
            if not may_go_on():
                return
            self._tell_one(one)

    def _tell_one(self, one: Due) -> None:
        """Begun is noted first: who is killed in between tells it no second time, nor does anybody else."""
        target = self.settings.targets[one.target]
        known = background(self._store, one.telling)
        begun = max(self._clock(), one.after + 1)
        note = self._note(one, NoteState.SENDING, begun)
        if self._begun is not None and self._begun._replace(at=begun) == note:
            note = self._begun  # the warehouse was away when it was noted
        self._begun = note
        is_mine, self._begun = keeping.begin_note(self._store, note), None
        if not is_mine:
            log.info("told_by_another", target=one.target, alert=one.telling.id)
            return
        urgency = "over" if one.telling.ended is not None else one.telling.severity.value
        address = link(self.console, one.telling)
        try:
            text = body(one, self.settings.timezone, known, address)
            sending.send(target.url, subject(one), text, urgency, content(one.telling, known, address))
        except sending.NotSent as error:
            state = NoteState.GIVEN_UP if one.tries + 1 >= MOST_TRIES else NoteState.FAILED
            self._done(one, state, begun, str(error))
            log.warning("not_told", target=one.target, alert=one.telling.id, reason=str(error), state=state.value)
        else:
            self._done(one, NoteState.SENT, begun)
            log.info("told", target=one.target, alert=one.telling.id, number=one.number)

    def _done(self, one: Due, state: NoteState, begun: int, problem: str = "") -> None:
        keeping.keep_note(self._store, self._note(one, state, max(self._clock(), begun + 1), problem))

    def _note(self, one: Due, state: NoteState, at: int, problem: str = "") -> Note:
        telling = one.telling
        return Note(telling.id, one.number, one.reminder, one.target, state, one.tries + 1, at, problem, self._holder)
