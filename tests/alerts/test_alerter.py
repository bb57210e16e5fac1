"""The alerter over a real warehouse: it rings as the backtest says, once, whatever kills it."""

import contextlib
import random

import pytest

from alerts import acts, keeping, sending
from alerts.alerter import Alerter
from alerts.backtest import backtest
from alerts.lead import LEASE_SECONDS, Lead
from alerts.rules import rules_of
from alerts.told import Telling
from pipeline.settings.alerts import AlertRule, AlertsSettings
from pipeline.warehouse import Retry, Warehouse
from tests.alerts.live import LEARNED, Phone, phone, store_minutes
from tests.alerts.streams import MONDAY

BROKEN = range(LEARNED + 5, LEARNED + 25)
END = LEARNED + 55
MINUTE_MS = 60_000


class Days:
    """The warehouse with its past, the clock, and an alerter that can be killed."""

    def __init__(self, warehouse: Warehouse, url: str) -> None:
        self.warehouse = warehouse
        self.now = LEARNED * MINUTE_MS
        self.stored = END * MINUTE_MS
        self.settings = AlertsSettings.model_validate({"targets": {"oncall": {"url": url}}, "remind": "4h"})
        store_minutes(warehouse, MONDAY, LEARNED, BROKEN)
        self.restart()

    def restart(self) -> None:
        """As after a kill: nothing is left but the warehouse, and that its lead was not given up."""
        self.alerter = self.another()

    def another(self) -> Alerter:
        """One more alerter."""
        lead = Lead(self.warehouse, lambda: self.now / 1000)
        one = Alerter(self.warehouse, self.settings, lambda: self.now, lambda until: until <= self.stored, lead)
        one.turn()
        return one

    def wait_for_the_lead(self) -> None:
        """Long enough for the alerter to take over from one that was killed."""
        self.now += round(1000 * LEASE_SECONDS) + 1000
        self.alerter.turn()

    def passes(self, minute: int) -> None:
        """A minute, with what is heard in it; then the alerter turns."""
        store_minutes(self.warehouse, minute, minute + 1, BROKEN)
        self.now = (minute + 1) * MINUTE_MS + 500
        self.alerter.turn()

    def pass_by(self) -> None:
        """All minutes to the end."""
        for minute in range(LEARNED, END):
            self.passes(minute)

    def rang(self) -> list[Telling]:
        """What the alerter kept."""
        return keeping.changes(self.warehouse, MONDAY)

    def would_ring(self) -> list[Telling]:
        """What a backtest says."""
        return list(backtest(self.warehouse, LEARNED, END, rules_of([])))


def heard(one: Phone) -> list[str]:
    return [str(message["title"]).split(" ", maxsplit=1)[0] for message in one.heard]


def test_what_rings_is_what_the_backtest_says_and_is_told_once_also_when_killed_at_random(warehouse: Warehouse) -> None:
    chance = random.Random(3)
    with phone() as oncall:
        days = Days(warehouse, oncall.url)
        for minute in range(LEARNED, END):
            days.passes(minute)
            if chance.random() < 0.2:
                days.restart()
        assert heard(oncall) == ["PAGE", "OVER"]
        assert days.rang() == days.would_ring()
        assert oncall.heard[0]["scope"] == {"source": "a", "country": "BR", "carrier": "vivo"}
        assert oncall.heard[0]["kind"] == "failures"


def test_a_kill_while_it_is_told_tells_it_no_second_time(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def told_and_killed(*arguments: object) -> None:
        sent(*arguments)  # type: ignore[arg-type]
        raise Killed

    sent = sending.send
    with phone() as oncall:
        days = Days(warehouse, oncall.url)
        monkeypatch.setattr(sending, "send", told_and_killed)
        with pytest.raises(Killed):
            days.pass_by()
        monkeypatch.setattr(sending, "send", sent)
        days.restart()
        days.wait_for_the_lead()
        days.wait_for_the_lead()
        assert heard(oncall) == ["PAGE"]


@pytest.mark.parametrize("what", ["keep", "keep_progress", "_keep_note"])
def test_a_warehouse_that_is_away_in_the_middle_hides_no_change_and_counts_no_minute_twice(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def away_for_once(store: Warehouse, *arguments: object) -> None:
        if what == "_keep_note":  # it took it, and its answer was lost
            kept(store, *arguments)
        if what != "keep" or arguments[0]:
            monkeypatch.setattr(keeping, what, kept)
            raise Retry("the warehouse does not answer")
        kept(store, *arguments)

    kept = getattr(keeping, what)
    with phone() as oncall:
        days = Days(warehouse, oncall.url)
        for minute in range(LEARNED, END):
            if minute in {LEARNED, BROKEN.start + 5, END - 5}:
                monkeypatch.setattr(keeping, what, away_for_once)
            with contextlib.suppress(Retry):
                days.passes(minute)
            days.alerter.turn()
        monkeypatch.setattr(keeping, what, kept)
        assert heard(oncall) == ["PAGE", "OVER"]
        assert days.rang() == days.would_ring()


def test_what_is_over_after_a_pause_is_told_to_nobody(warehouse: Warehouse) -> None:
    with phone() as oncall:
        days = Days(warehouse, oncall.url)
        days.passes(LEARNED)
        store_minutes(warehouse, LEARNED + 1, END, BROKEN)
        days.now = END * MINUTE_MS + 500
        days.restart()
        days.wait_for_the_lead()
        assert oncall.calls == 0
        assert days.rang() == days.would_ring() != []


def test_a_minute_is_judged_when_all_of_it_is_stored_however_late_that_is(warehouse: Warehouse) -> None:
    with phone() as oncall:
        days = Days(warehouse, oncall.url)
        days.stored = LEARNED * MINUTE_MS
        days.now = (LEARNED + 20) * MINUTE_MS + 500
        days.alerter.turn()
        days.wait_for_the_lead()
        assert days.rang() == []
        store_minutes(warehouse, LEARNED, LEARNED + 20, BROKEN)
        days.stored = (LEARNED + 20) * MINUTE_MS
        days.alerter.turn()
        assert [one.kind.value for one in days.rang()] == ["failures"]
        assert heard(oncall) == ["PAGE"]


def test_rules_that_are_taken_over_end_what_rang_by_others(warehouse: Warehouse) -> None:
    with phone() as oncall:
        days = Days(warehouse, oncall.url)
        for minute in range(LEARNED, LEARNED + 14):
            days.passes(minute)
        off = AlertRule.model_validate({"kind": "failures", "off": True})
        days.alerter.take_over(days.settings.model_copy(update={"rules": (off,)}), "")
        for minute in range(LEARNED + 14, LEARNED + 18):
            days.passes(minute)
        assert heard(oncall) == ["PAGE", "OVER"]


def test_rules_that_changed_before_a_start_end_what_rang_by_others(warehouse: Warehouse) -> None:
    with phone() as oncall:
        days = Days(warehouse, oncall.url)
        for minute in range(LEARNED, LEARNED + 14):
            days.passes(minute)
        off = AlertRule.model_validate({"kind": "failures", "off": True})
        days.settings = days.settings.model_copy(update={"rules": (off,)})
        days.restart()
        days.wait_for_the_lead()
        assert heard(oncall) == ["PAGE", "OVER"]


def test_who_does_not_answer_is_told_later_and_in_order(warehouse: Warehouse) -> None:
    with phone() as oncall:
        oncall.deaf = True
        days = Days(warehouse, oncall.url)
        for minute in range(LEARNED, LEARNED + 14):
            days.passes(minute)
        assert oncall.calls > 1
        assert oncall.heard == []
        [note] = keeping.notes(warehouse, {one.id for one in days.rang()})
        assert (note.state, note.problem) == (keeping.NoteState.FAILED, "it answered 503")
        oncall.deaf = False
        for minute in range(LEARNED + 14, END):
            days.passes(minute)
        assert heard(oncall) == ["PAGE", "OVER"]


def test_what_is_muted_is_judged_and_told_to_nobody(warehouse: Warehouse) -> None:
    with phone() as oncall:
        days = Days(warehouse, oncall.url)
        acts.mute(warehouse, acts.Mute(source="a"), END * MINUTE_MS, days.now)
        days.pass_by()
        assert oncall.calls == 0
        assert days.rang() == days.would_ring() != []


def test_what_is_told_again_after_all_is_told(warehouse: Warehouse) -> None:
    with phone() as oncall:
        days = Days(warehouse, oncall.url)
        acts.mute(warehouse, acts.Mute("failures"), END * MINUTE_MS, days.now)
        for minute in range(LEARNED, LEARNED + 14):
            days.passes(minute)
        assert oncall.calls == 0
        assert acts.muted(warehouse, days.now) == [(acts.Mute("failures"), END * MINUTE_MS)]
        acts.mute(warehouse, acts.Mute("failures"), days.now, days.now)
        assert acts.muted(warehouse, days.now) == []
        acts.mute(warehouse, acts.Mute("late"), 10**15, days.now)
        assert [(rule.kind, str(rule.mute_until)[:4]) for rule in acts.mute_rules(warehouse, days.now)] == [
            ("late", "2100")
        ]
        days.passes(LEARNED + 14)
        assert heard(oncall) == ["PAGE"]


def test_nobody_is_reminded_of_what_somebody_is_at(warehouse: Warehouse) -> None:
    with phone() as oncall:
        days = Days(warehouse, oncall.url)
        days.settings = days.settings.model_copy(update={"remind_seconds": 600})
        days.restart()
        for minute in range(LEARNED, LEARNED + 14):
            days.passes(minute)
        [alarm] = {one.id for one in days.rang()}
        acts.acknowledge(warehouse, alarm, days.now)
        for minute in range(LEARNED + 14, END):
            days.passes(minute)
        assert heard(oncall) == ["PAGE", "OVER"]
