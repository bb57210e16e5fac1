"""`delivrd alerts`: what rings, what rang, what would have rung."""

import sys

import rich_click as click

from delivrd.errors import WRONG, Trouble
from delivrd.options import Place, common
from delivrd.output import print_table

MINUTE_MS = 60_000


@click.group("alerts")
def command() -> None:
    """What rings and what rang, why, and what would have rung with other settings."""


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
