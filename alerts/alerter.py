"""The alerter: judges each minute when it is over, keeps what changes, and has people told.

What it knows is in the warehouse: what rang, who was told of it, and what was usual when each day began. At a start the
last day is played again from there, or two weeks where there is no such day. Several may run: one leads, the others
judge what it has judged and keep still.
"""

from collections.abc import Callable

import msgspec
import structlog

from alerts import keeping, memory
from alerts.alarms import Change
from alerts.backtest import LEARN_DAYS, begin_of
from alerts.lead import Lead
from alerts.learning import DAY
from alerts.reading import BLOCK, minutes
from alerts.rules import rules_of
from alerts.teller import Teller
from alerts.told import Telling, telling
from alerts.watch import Watch
from pipeline.clock import MINUTE_MS, Clock
from pipeline.settings.alerts import AlertsSettings
from pipeline.warehouse import Warehouse, WarehouseError

BEHIND = 60
"""Who is so many minutes behind tells nobody before he has caught up: what he sees may be over."""

log = structlog.get_logger(__name__)


class Alerter:
    """`is_stored` tells whether all records that came before a moment (UTC ms) are in the warehouse.

    A minute is judged as soon as they are, however long that takes: without them it would look as if nothing came.
    """

    def __init__(
        self,
        store: Warehouse,
        settings: AlertsSettings,
        clock: Clock,
        is_stored: Callable[[int], bool],
        lead: Lead,
        console: str = "",
    ) -> None:
        self._store = store
        self._clock = clock
        self._is_stored = is_stored
        self._lead = lead
        self._teller = Teller(store, settings, clock, console, lead.holder)
        self._rules = settings.rules
        self._watch = Watch(rules_of(settings.rules))
        self._next = 0
        self._knows = self._leads = False

    def _start(self) -> None:
        """Learn what was usual up to what was judged."""
        self._watch, self._leads = Watch(rules_of(self._rules)), False
        now = self._clock() // MINUTE_MS
        judged = min(now, keeping.progress(self._store) or now)
        today = judged // DAY
        # What rings may rest on evidence of days, which comes about again when it is played from its onset.
        last = min([judged - DAY, *(one.onset for one in self._open(judged))]) // DAY
        known = memory.recall(self._store, self._watch, today - LEARN_DAYS, last)
        self._next = known * DAY if known else begin_of(self._store, today * DAY, judged)
        log.info("alerter_learns", since=self._next * 60, until=judged * 60)
        self._learn(judged)

    def take_over(self, settings: AlertsSettings, console: str) -> None:
        """Go on with other settings. What rang by rules that are gone is over."""
        self._teller.settings, self._teller.console = settings, console
        if settings.rules != self._rules:
            self._rules = settings.rules
            self._watch.take_rules(rules_of(settings.rules))

    def turn(self) -> None:
        """Judge what is over, then tell. Raises Retry, Refused, Setup; then it can be called again."""
        try:
            if not self._knows:
                self._start()
                self._knows = True
            self._judge_what_is_over()
        except WarehouseError:
            # What was taken in may not be kept, and must not be taken in twice: the next turn begins from what is kept.
            self._knows = False
            raise
        closed = self._clock() // MINUTE_MS
        if self._leads and closed - self._next < BEHIND and self._judgeable(closed) == self._next:
            self._teller.tell(self._next, self._lead.leads)

    def _judge_what_is_over(self) -> None:
        if not self._lead.leads():
            self._leads = False
            self._learn(keeping.progress(self._store))
            return
        if not self._leads:
            self._learn(keeping.progress(self._store))
            self._adopt()
            self._leads = True
            log.info("alerter_leads", judged_until=self._next * 60)
        closed = self._clock() // MINUTE_MS
        while self._next < (last := self._judgeable(closed)) and self._lead.leads():
            self._judge(last)

    def _judgeable(self, closed: int) -> int:
        """The minute before which all may be judged now, at most BLOCK of them."""
        last = min(closed, self._next + BLOCK)
        if last > self._next + 1 and not self._is_stored(last * MINUTE_MS):
            last = self._next + 1
        return last if self._next < last and self._is_stored(last * MINUTE_MS) else self._next

    def _judge(self, last: int) -> None:
        for figures in list(minutes(self._store, self._next, last)):
            if figures.minute % DAY == 0:
                memory.keep(self._store, self._watch, figures.minute // DAY)
            keeping.keep(self._store, self._watch.take(figures), figures.minute)
        keeping.keep_progress(self._store, last)
        self._next = last

    def _learn(self, judged: int) -> None:
        """Follow what was judged before, or by another one."""
        for figures in minutes(self._store, self._next, judged):
            self._watch.take(figures)
        self._next = max(self._next, judged)

    def _adopt(self) -> None:
        """Go on with the alarms that were told: under their names, and with an end where they do not ring any more."""
        left = {(one.kind, one.scope): one for one in self._open(self._next)}
        changes = []
        for alarm in self._watch.alarms.open:
            known = left.pop((alarm.kind, alarm.scope), None)
            if known is not None:
                alarm.id, alarm.changes, alarm.opened = known.id, known.number, known.opened
            else:
                alarm.changes = 0
                changes.append(telling(Change.OPENED, alarm, self._watch.forest, self._next - 1))
        changes += [_ended(one, self._next - 1) for one in left.values()]
        keeping.keep(self._store, changes, self._next - 1, f"adopted by {self._lead.holder} at")

    def _open(self, minute: int) -> list[Telling]:
        """The alarms that were told before a minute and not ended by then, each as it stood."""
        told = {one.id: one for one in keeping.changes(self._store, minute) if one.minute < minute}
        return [one for one in told.values() if not one.ended]


def _ended(alarm: Telling, minute: int) -> Telling:
    return msgspec.structs.replace(alarm, number=alarm.number + 1, change=Change.RESOLVED, minute=minute, ended=minute)
