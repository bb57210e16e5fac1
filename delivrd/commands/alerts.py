"""`delivrd alerts`: what rings, what rang, what would have rung."""

import sys
from typing import get_args

import rich_click as click

from delivrd.errors import NO, WRONG, Trouble
from delivrd.options import Place, common
from delivrd.output import print_table
from pipeline.clock import MINUTE_MS
from pipeline.settings.alerts import KindName

KINDS = get_args(KindName)


@click.group("alerts")
def command() -> None:
    """What rings and what rang, why, and what would have rung with other settings.

    Example: [b]delivrd alerts list[/b]
    """


@command.command("list")
@click.option("--since", metavar="T", default="7d", show_default=True, help="From when on: 24h, 7d, 2026-01-31.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an alarm.")
@common
def list_(place: Place, since: str, as_json: bool) -> None:
    """The alarms that fire or rang since then, as the alerter saw them.

    Example: [b]delivrd alerts list --since 24h[/b]
    """
    from alerts import keeping
    from delivrd.alert_tables import COLUMNS, alarms_of, json_line, row
    from delivrd.parts import store_client
    from delivrd.periods import moment
    from pipeline.clock import now_ms

    with store_client(place.running_settings()) as store:
        found = alarms_of(keeping.changes(store, moment(since, now_ms(), place.tz) // MINUTE_MS))
    if as_json:
        for alarm in found:
            click.echo(json_line(alarm))
    elif found:
        print_table(COLUMNS, [row(alarm, place) for alarm in found])
    else:
        click.echo("nothing rang", err=True)


@command.command("show")
@click.argument("name", metavar="ID")
@common
def show(place: Place, name: str) -> None:
    """An alarm: what changed when, who was told, and the minutes behind it.

    Example: [b]delivrd alerts show 55b444f4[/b]
    """
    from alerts import keeping
    from delivrd.alert_acts import changes_of
    from delivrd.alert_tables import chart, history, told_rows
    from delivrd.parts import store_client

    with store_client(place.running_settings()) as store:
        changes = changes_of(store, name)
        notes = keeping.notes(store, [name])
        print_table(("at", "change", "severity", "kind", "where", "figures"), history(changes, place))
        print_table(("told", "at", "state", "problem"), told_rows(notes, place))
        for line in chart(store, changes[-1], place):
            click.echo(line)


@command.command("mute")
@click.argument("name", metavar="[ID]", required=False)
@click.option("--kind", type=click.Choice(KINDS), help="Only alarms of this kind.")
@click.option("--source", help="Only this source.")
@click.option("--country", help="Only this country, such as BR.")
@click.option("--carrier", help="Only this carrier.")
@click.option("--for", "how_long", metavar="T", default="2h", show_default=True, help="How long: 30m, 2h, 7d.")
@click.option("--end", is_flag=True, help="Tell of it again from now on.")
@common
def mute(place: Place, /, name: str | None, how_long: str, end: bool, **named: str | None) -> None:
    """Tell nobody for a while: of an alarm and what else is of its kind and place, or of what the options name.

    It is judged and listed all the same. Without an alarm and options, show what is muted.

    Example: [b]delivrd alerts mute --source integrax-br --for 30m[/b]
    """
    from alerts import acts
    from delivrd.alert_acts import mute_meant, mutes_table, said
    from delivrd.parts import store_client
    from pipeline.clock import now_ms
    from pipeline.settings.units import parse_duration

    with store_client(place.running_settings()) as store:
        now = now_ms()
        if name is None and not any(named.values()):
            print_table(("until", "what"), mutes_table(acts.muted(store, now), place))
            return
        what = mute_meant(store, name, named)
        try:
            until = now if end else now + parse_duration(how_long) * 1000
        except ValueError as error:
            raise Trouble(f"--for: {error}", WRONG) from None
        acts.mute(store, what, until, now)
    click.echo(f"{said(what)}: " + ("told again" if end else f"muted until {place.local(until)[:16]}"))


@command.command("ack")
@click.argument("name", metavar="ID")
@common
def ack(place: Place, name: str) -> None:
    """Say that somebody is at it: nobody is reminded any more. That it changes or is over is still told.

    Example: [b]delivrd alerts ack 55b444f4[/b]
    """
    from alerts import acts
    from delivrd.alert_acts import alarm_named
    from delivrd.parts import store_client
    from pipeline.clock import now_ms

    with store_client(place.running_settings()) as store:
        alarm = alarm_named(store, name)
        acts.acknowledge(store, alarm.id, now_ms())
    click.echo(f"acknowledged: {alarm.title}")


@command.command("test")
@click.option("--target", "only", help="One target; all if left out.")
@common
def test(place: Place, only: str | None) -> None:
    """Send each target a message that says it is a test. Exits 1 where one was not taken.

    Example: [b]delivrd alerts test[/b]
    """
    from alerts.sending import NotSent, send

    targets = place.settings(allow_new_sources=True).alerts.targets
    chosen = {name: target for name, target in targets.items() if only in (None, name)}
    if not chosen:
        there_are = ", ".join(targets) or "none; add a table [alerts.targets.NAME]"
        raise Trouble(f"there is no such target; there are: {there_are}", WRONG)
    failed = False
    for name, target in chosen.items():
        try:
            send(target.url, "TEST delivrd", "This is a test. Nothing is wrong.", "notice", {"test": True})
        except NotSent as error:
            failed = True
            click.echo(f"{name}: {error}")
        else:
            click.echo(f"{name}: sent")
    sys.exit(NO if failed else 0)


@command.command("backtest")
@click.option("--since", metavar="T", default="30d", show_default=True, help="From when on: 24h, 7d, 2026-01-31.")
@click.option("--until", metavar="T", help="Up to when, excluded; now if left out.")
@click.option(
    "--set", "changes", multiple=True, metavar="KIND.KEY=VALUE", help="Another setting for a kind: failures.z=4."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object an alarm.")
@common
def backtest(place: Place, since: str, until: str | None, changes: tuple[str, ...], as_json: bool) -> None:
    """What would have rung on your own history, minute by minute, with today's settings or others.

    The two weeks before serve for learning what is usual. Nobody is told anything.

    Example: [b]delivrd alerts backtest --since 30d --set failures.z=4[/b]
    """
    from alerts.backtest import backtest as play
    from alerts.backtest import begin_of
    from alerts.rules import rules_of
    from delivrd.alert_settings import changed
    from delivrd.alert_tables import COLUMNS, alarms_of, json_line, row
    from delivrd.parts import store_client
    from delivrd.periods import moment
    from delivrd.progress import progress
    from pipeline.clock import now_ms

    settings = place.running_settings()
    now = now_ms()
    begin = moment(since, now, place.tz) // MINUTE_MS
    end = (moment(until, now, place.tz) if until else now) // MINUTE_MS
    if begin >= end:
        raise Trouble("--since must lie before --until", WRONG)
    rules = rules_of([*settings.alerts.rules, *changed(changes)])
    with store_client(settings) as store, progress("playing", end - begin_of(store, begin, end)) as advance:
        found = alarms_of(play(store, begin, end, rules, advance))
    if as_json:
        for alarm in found:
            click.echo(json_line(alarm))
        return
    if not found:
        click.echo("nothing would have rung", err=True)
        sys.exit(0)
    print_table(COLUMNS, [row(alarm, place) for alarm in found])
