"""What is known at the beginning of a day is known again after a start."""

import pytest

from alerts import memory
from alerts.alerter import Alerter
from alerts.lead import Lead
from alerts.memory import keep, recall
from alerts.scope import Scope
from alerts.watch import Watch
from pipeline.settings.alerts import AlertsSettings
from pipeline.warehouse import Warehouse
from tests.alerts.live import store_minutes
from tests.alerts.streams import DAY, HOUR, MONDAY, USUAL, Mix, Stream, Traffic, built_in, during, play, routes, steady

A, B, C = routes("a/BR/vivo", "a/BR/tim", "b/MX/telcel")
TODAY = MONDAY + 3 * DAY
OUTAGE = Mix(bad=0.6, recipient=0.0)


def learned() -> tuple[Watch, Stream]:
    watch = Watch(built_in)  # type: ignore[arg-type]
    stream = Stream({A: steady(), B: steady(Mix(bad=0.1, quick=0.2)), C: steady(Mix(submits=False, unclassed=0.1))})
    play(stream, MONDAY, TODAY, watch=watch)
    return watch, stream


def test_what_follows_is_judged_as_by_who_was_there_all_along(warehouse: Warehouse) -> None:
    watch, stream = learned()
    keep(warehouse, watch, TODAY // DAY)
    again = Watch(built_in)  # type: ignore[arg-type]
    assert recall(warehouse, again, MONDAY // DAY, TODAY // DAY) == TODAY // DAY
    traffic: dict[Scope, Traffic] = {
        A: during(TODAY + 9 * HOUR, TODAY + 11 * HOUR, USUAL, OUTAGE),
        B: steady(Mix(bad=0.1, quick=0.2)),
        C: lambda minute: Mix(messages=5.0 if minute < TODAY + 14 * HOUR else 0.0, submits=False, unclassed=0.1),
    }
    expected = play(stream.but(traffic), TODAY, TODAY + 16 * HOUR, watch=watch)
    assert play(stream.but(traffic), TODAY, TODAY + 16 * HOUR, watch=again) == expected
    assert len({one.kind for one in expected}) > 1


def test_a_day_that_was_not_kept_whole_is_not_taken(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    watch, _ = learned()
    today = TODAY // DAY
    keep(warehouse, watch, today - 1)
    monkeypatch.setattr(memory, "AT_ONCE", 20)
    inserts = iter([True, False])

    def cut_off(store: Warehouse, *row: object) -> None:
        if not next(inserts):
            raise KeyboardInterrupt
        insert(store, *row)  # type: ignore[arg-type]

    insert = memory._insert
    monkeypatch.setattr(memory, "_insert", cut_off)
    with pytest.raises(KeyboardInterrupt):
        keep(warehouse, watch, today)
    again = Watch(built_in)  # type: ignore[arg-type]
    assert recall(warehouse, again, today - 14, today) == today - 1
    assert recall(warehouse, Watch(built_in), today - 14, today - 2) is None  # type: ignore[arg-type]


def test_an_alerter_keeps_what_it_knows_at_midnight_and_starts_with_it(warehouse: Warehouse) -> None:
    now = (MONDAY + DAY - 2) * 60_000

    def alerter() -> Alerter:
        lead = Lead(warehouse, lambda: now / 1000)
        return Alerter(warehouse, AlertsSettings.model_validate({}), lambda: now, lambda _: True, lead)

    store_minutes(warehouse, MONDAY + DAY - HOUR, MONDAY + DAY, range(0))
    one = alerter()
    one.turn()
    now += 3 * 60_000
    one.turn()
    found = Watch(built_in)  # type: ignore[arg-type]
    assert recall(warehouse, found, 0, 1 << 15) == MONDAY // DAY + 1
    route = found.forest.nodes[Scope("a", "BR", "vivo")].route
    assert route is not None
    assert sum(route.delays.values()) == HOUR * 5
