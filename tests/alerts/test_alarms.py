"""What rings and what does not: days of traffic through the whole core."""

import copy
import random

import pytest

from alerts.alarms import Change
from alerts.figures import Minute
from alerts.forest import Rules
from alerts.kinds import RULES, Kind, Rule, Severity
from alerts.scope import Scope
from alerts.watch import Watch
from tests.alerts.streams import (
    DAY,
    HOUR,
    MONDAY,
    USUAL,
    Mix,
    Stream,
    Traffic,
    after,
    built_in,
    during,
    play,
    routes,
    steady,
)

A, B, C = routes("a/BR/vivo", "a/BR/tim", "a/MX/telcel")
OTHER = routes("b/BR/vivo", "b/MX/telcel")
OUTAGE = Mix(bad=0.95, recipient=0.0)
START = MONDAY + 2 * DAY + 9 * HOUR
END = START + 2 * HOUR


def world(**changed: Traffic) -> dict[Scope, Traffic]:
    """Five routes of two sources; `a_BR_vivo=…` changes one."""
    found = {scope: steady() for scope in (A, B, C, *OTHER)}
    return found | {Scope(*name.split("_")): traffic for name, traffic in changed.items()}


def test_an_outage_of_one_route_is_told_once_and_once_when_it_is_over() -> None:
    told = after(world(a_BR_vivo=during(START, END, USUAL, OUTAGE)), START, END + DAY)
    assert [(one.change, one.kind, one.scope) for one in told] == [
        (Change.OPENED, Kind.FAILURES, A),
        (Change.RESOLVED, Kind.FAILURES, A),
    ]
    opened, resolved = told
    assert START - 1 <= opened.onset <= START
    assert opened.minute <= START + 8
    assert opened.severity is Severity.PAGE
    assert opened.k / opened.n > 0.8
    assert opened.usual == pytest.approx(0.03, abs=0.01)
    assert END <= resolved.minute <= END + 30


@pytest.mark.parametrize(
    ("failing", "scope"),
    [
        (["a_BR_vivo", "a_BR_tim"], Scope("a", "BR")),
        (["a_BR_vivo", "a_BR_tim", "a_MX_telcel"], Scope("a")),
        (["a_BR_vivo", "b_BR_vivo"], Scope(None, "BR", "vivo")),
        (["a_BR_vivo", "a_BR_tim", "a_MX_telcel", "b_BR_vivo", "b_MX_telcel"], Scope()),
    ],
)
def test_one_cause_is_one_alarm_at_the_level_where_most_is_affected(failing: list[str], scope: Scope) -> None:
    outage = during(START, END, USUAL, OUTAGE)
    told = after(world(**dict.fromkeys(failing, outage)), START, END + HOUR)
    assert [one.change for one in told if one.change is not Change.UPDATED] == [Change.OPENED, Change.RESOLVED]
    assert told[-1].scope == scope


def test_a_quiet_country_that_opens_later_joins_its_source_s_alarm() -> None:
    slow = Mix(messages=0.5)
    failing = {name: during(START, END, USUAL, OUTAGE) for name in ("a_BR_vivo", "a_BR_tim")}
    failing["a_MX_telcel"] = during(START, END, slow, OUTAGE._replace(messages=0.5))
    told = after(world(**failing), START, END + HOUR)
    assert [one.change for one in told].count(Change.OPENED) == 1
    assert told[-1].scope == Scope("a")


def test_clean_traffic_rings_never() -> None:
    chance = random.Random(7)
    wander = {minute: chance.uniform(0.5, 2.0) for minute in range(MONDAY // 15, (MONDAY + 9 * DAY) // 15)}

    def traffic(minute: int) -> Mix:
        return Mix(
            messages=6 * wander[minute // 15],
            bad=0.03 * wander[(minute - 7) // 15 if minute > MONDAY + 7 else minute // 15],
        )

    assert play(Stream(world(a_BR_vivo=traffic, b_MX_telcel=traffic)), MONDAY, MONDAY + 4 * DAY) == []


def test_a_route_of_low_volume_needs_its_ten_messages() -> None:
    rare = Mix(messages=20 / DAY)
    told = play(
        Stream({A: during(START, START + DAY, rare, OUTAGE._replace(messages=20 / DAY)), B: steady()}),
        MONDAY,
        START + DAY,
    )
    assert [one.change for one in told] == [Change.OPENED]
    assert told[0].scope == A
    assert 6 * HOUR < told[0].minute - START < 14 * HOUR
    assert told[0].n <= 12


def test_a_cold_start_wakes_nobody_for_what_is_usual_there() -> None:
    rough = Mix(bad=0.18)
    assert play(Stream(dict.fromkeys((A, B, C), steady(rough))), MONDAY, MONDAY + 2 * DAY) == []


def test_a_total_outage_rings_also_on_the_first_day() -> None:
    first = MONDAY + 6 * HOUR
    told = play(Stream({A: during(first, first + HOUR, USUAL, OUTAGE)}), MONDAY, first + HOUR)
    assert [one.kind for one in told] == [Kind.FAILURES]


def test_a_new_source_is_given_its_first_day() -> None:
    def fresh(bad: float) -> Traffic:
        return lambda minute: Mix(bad=bad, messages=5.0 if minute >= START else 0.0)

    new = Scope("new", "BR", "vivo")
    assert play(Stream(world() | {new: fresh(0.15)}), MONDAY, START + 2 * DAY) == []
    told = play(Stream(world() | {new: fresh(0.9)}), MONDAY, START + DAY)
    assert [one.scope for one in told if one.change is Change.OPENED] == [new]


def test_errors_that_cannot_be_classed_need_ten_points_more() -> None:
    usual = Mix(bad=0.0, recipient=0.0, unclassed=0.05)
    routes_of_a = dict.fromkeys((A, B, C), steady(usual))
    assert after(routes_of_a | {A: steady(usual._replace(unclassed=0.12))}, START, END, usual) == []
    told = after(routes_of_a | {A: steady(usual._replace(unclassed=0.5))}, START, END, usual)
    assert [(one.kind, one.scope) for one in told] == [(Kind.FAILURES, A)]


def test_reports_that_stop_are_late_where_submissions_are_known() -> None:
    told = after(world(a_BR_vivo=during(START, END, USUAL, Mix(none=1.0))), START, END)
    assert [(one.kind, one.scope, one.severity) for one in told] == [(Kind.LATE, A, Severity.PAGE)]


def test_reports_that_stop_are_silence_where_only_reports_are_known() -> None:
    reports, begin = Mix(submits=False), START + 6 * DAY
    gone = {A: steady(Mix(messages=0.0, submits=False)), B: steady(reports), C: steady(reports)}
    told = after(gone, begin, begin + HOUR, reports)
    assert [(one.kind, one.scope, one.severity) for one in told] == [(Kind.SILENCE, A, Severity.PAGE)]


def test_a_carrier_that_never_gives_reports_is_not_late_for_that() -> None:
    silent = Mix(none=1.0)
    assert play(Stream(world(a_BR_vivo=steady(silent))), MONDAY, MONDAY + DAY) == []


def test_who_stops_sending_is_told_by_a_notice() -> None:
    begin = START + 6 * DAY
    told = after({A: steady(Mix(messages=0.0)), B: steady(), C: steady()}, begin, begin + HOUR)
    assert [(one.kind, one.severity) for one in told] == [(Kind.SILENCE, Severity.NOTICE)]


def test_a_day_without_any_traffic_and_the_day_after_it_are_told_as_silence_at_most() -> None:
    begin = START + 6 * DAY
    gone = during(begin, begin + DAY, USUAL, Mix(messages=0.0))
    told = after(dict.fromkeys((A, B, C), gone), begin, begin + 3 * DAY)
    assert {one.kind for one in told} == {Kind.SILENCE}
    assert [one.change for one in told].count(Change.OPENED) == 1
    assert told[-1].change is Change.RESOLVED


def hours(minute: int) -> float:
    """Much by day, little at night."""
    hour = minute // HOUR % 24
    return 8.0 if 8 <= hour < 20 else 0.5


def test_a_holiday_with_a_third_of_the_traffic_is_no_silence_but_an_outage_on_it_rings() -> None:
    holiday = MONDAY + 10 * DAY
    noon = holiday + 12 * HOUR

    def calm(minute: int) -> Mix:
        return Mix(messages=hours(minute) / 3 if holiday <= minute < holiday + DAY else hours(minute))

    watch, stream = Watch(built_in), Stream({A: calm})  # type: ignore[arg-type]
    assert play(stream, MONDAY, noon, watch=watch) == []
    broken = copy.deepcopy(watch)
    assert play(stream, noon, holiday + 2 * DAY, watch=watch) == []
    told = play(
        Stream({A: lambda minute: OUTAGE._replace(messages=hours(minute) / 3)}), noon, noon + HOUR, watch=broken
    )
    assert [one.kind for one in told] == [Kind.FAILURES]


def test_a_clock_change_moves_the_day_by_an_hour_and_rings_nothing_but_a_stop_after_it_does() -> None:
    change = MONDAY + 9 * DAY

    def local(minute: int) -> Mix:
        return Mix(messages=2 + hours(minute - HOUR if minute >= change else minute))

    watch = Watch(built_in)  # type: ignore[arg-type]
    assert play(Stream({A: local}), MONDAY, change + 2 * DAY, watch=watch) == []
    noon = change + 2 * DAY + 12 * HOUR
    assert play(Stream({A: local}), change + 2 * DAY, noon, watch=watch) == []
    told = play(Stream({A: steady(Mix(messages=0.0))}), noon, noon + HOUR, watch=watch)
    assert [one.kind for one in told] == [Kind.SILENCE]


def test_an_incident_while_learning_does_not_hide_the_next_one() -> None:
    early = during(MONDAY + 30 * HOUR, MONDAY + 34 * HOUR, USUAL, OUTAGE)
    both = lambda minute: early(minute) if minute < START else during(START, END, USUAL, OUTAGE)(minute)  # noqa: E731
    told = play(Stream({A: both, B: steady()}), MONDAY, END)
    assert [one.scope for one in told if one.change is Change.OPENED] == [A, A]


def test_a_bad_campaign_is_a_notice_about_its_numbers_and_no_page() -> None:
    campaign = during(START, START + HOUR, USUAL, Mix(messages=20, recipient=0.6))
    told = after(world(a_BR_vivo=campaign), START, END)
    assert {(one.kind, one.severity) for one in told} == {(Kind.BAD_LIST, Severity.NOTICE)}


def test_an_outage_during_a_bad_campaign_is_a_page_all_the_same() -> None:
    campaign = during(START, END, USUAL, Mix(messages=20, recipient=0.5))
    both = lambda minute: Mix(20, 0.5, 0.4) if START + 30 <= minute < END else campaign(minute)  # noqa: E731
    told = after(world(a_BR_vivo=both), START, END)
    assert [one.kind for one in told if one.severity is Severity.PAGE] == [Kind.FAILURES]


def test_reports_that_are_too_good_are_a_notice() -> None:
    fake = during(START, START + 10 * HOUR, USUAL, Mix(bad=0, recipient=0, quick=1.0))
    told = after(world(a_BR_vivo=fake), START, START + 10 * HOUR)
    assert {(one.kind, one.severity) for one in told} == {(Kind.TOO_GOOD, Severity.NOTICE)}


def test_a_slow_route_is_late() -> None:
    slow = during(START, END, USUAL, Mix(none=0.6))
    told = after(world(a_BR_vivo=slow), START, END)
    assert [(one.kind, one.scope) for one in told] == [(Kind.LATE, A)]


def test_what_flaps_is_told_a_bounded_number_of_times() -> None:
    begin = START

    def flapping(minute: int) -> Mix:
        return OUTAGE if minute >= begin and (minute - begin) // 40 % 2 == 0 else USUAL

    told = after(world(a_BR_vivo=flapping), START, begin + DAY)
    assert [one.change for one in told].count(Change.OPENED) <= 4


def test_an_update_is_no_second_notification() -> None:
    failing = {
        "a_BR_vivo": during(START, END, USUAL, OUTAGE),
        "a_BR_tim": during(START + 10, END, USUAL, OUTAGE),
        "a_MX_telcel": during(START + 20, END, USUAL, OUTAGE),
    }
    told = after(world(**failing), START, END)
    assert told[0].change is Change.OPENED
    assert {one.change for one in told[1:]} == {Change.UPDATED}
    assert len({one.id for one in told}) == 1
    assert [one.number for one in told] == list(range(1, len(told) + 1))


def test_the_order_of_the_sources_does_not_matter() -> None:
    outage = during(START, END, USUAL, OUTAGE)
    traffic = world(a_BR_vivo=outage, b_BR_vivo=outage)
    backwards = dict(reversed(traffic.items()))
    assert after(traffic, START, END) == after(backwards, START, END)


def test_a_route_that_breaks_while_its_neighbour_s_alarm_is_old_is_told_anew() -> None:
    second = START + 10 * HOUR
    failing = {
        "a_BR_vivo": during(START, END, USUAL, OUTAGE),
        "a_MX_telcel": during(second, second + HOUR, USUAL, OUTAGE),
    }
    told = after(world(**failing), START, second + HOUR)
    assert [one.scope for one in told if one.change is Change.OPENED] == [A, C]


@pytest.mark.parametrize(
    ("rule", "rings"),
    [
        (Rule(off=True), False),
        (Rule(ceiling=0.5), False),
        (Rule(ceiling=0.2), True),
        (Rule(z=50), True),
        (Rule(z=50, floor=0.5), False),
    ],
)
def test_the_settings_of_a_kind(rule: Rule, rings: bool) -> None:
    def rules(kind: Kind, scope: Scope) -> Rule:
        return rule if kind is Kind.FAILURES else RULES[kind]

    bad = during(START, END, USUAL, Mix(bad=0.4))
    assert bool(after(world(a_BR_vivo=bad), START, END, rules=rules)) is rings


def told_of(watch: Watch, minutes: range, records: dict[str, tuple[int, int]]) -> list[tuple[Kind, Scope, Change]]:
    found = []
    for minute in minutes:
        told = frozenset(name for name, (facts, dead) in records.items() if facts + dead)
        found += [(one.kind, one.scope, one.change) for one in watch.take(Minute(minute, (), records, told))]
    return found


def watching(rules: Rules = built_in) -> Watch:  # type: ignore[assignment]
    watch = Watch(rules)
    assert told_of(watch, range(MONDAY, MONDAY + 4 * DAY), {"a": (20, 0), "b": (20, 0)}) == []
    return watch


def test_a_source_whose_reports_cannot_be_read_is_a_page() -> None:
    now = MONDAY + 4 * DAY
    told = told_of(watching(), range(now, now + 20), {"a": (10, 10), "b": (20, 0)})
    assert told == [(Kind.UNREADABLE, Scope("a"), Change.OPENED)]


def test_a_source_that_is_not_heard_any_more_is_a_page_until_it_is() -> None:
    watch, now = watching(), MONDAY + 4 * DAY
    told = told_of(watch, range(now, now + 40), {"b": (20, 0)})
    assert told == [(Kind.UNHEARD, Scope("a"), Change.OPENED)]
    told = told_of(watch, range(now + 40, now + 80), {"a": (20, 0), "b": (20, 0)})
    assert told == [(Kind.UNHEARD, Scope("a"), Change.RESOLVED)]
