"""`delivrd forget`: a person's number, taken out of everything."""

import sys

import rich_click as click

from delivrd.errors import WRONG, Trouble
from delivrd.options import Place, common

FEWEST_DIGITS = 7


@click.command("forget")
@click.argument("number", metavar="+NUMBER")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def command(place: Place, number: str, yes: bool) -> None:
    """Anonymize a number in every table, the event log, the archive and dead letters, for good.

    Written in any way with its country's code. Texts and your references go with it; figures stay as they are, and
    neither a replay nor a late report brings it back. Dead letters that name it are emptied: replay first what can be
    read. Copies elsewhere (backups, exports) are yours to find. Cut off, or with more to do, run it again.

    Example: [b]delivrd forget "+55 11 99999-0020"[/b]
    """
    from delivrd.forgetting import forget
    from delivrd.progress import progress
    from schemas.numbers import lookup

    given = number.strip()
    e164 = lookup(given, "").e164
    # Without + or 00, a number of one country may well be another's in another.
    if not (given.startswith(("+", "00")) and e164[0] == "+" and e164[1:].isdecimal() and len(e164) > FEWEST_DIGITS):
        raise Trouble("That is no number with a country's code; write it like +55 11 99999-0020", WRONG)
    settings = place.running_settings()
    if not yes:
        if not sys.stdin.isatty():
            raise Trouble("This cannot be undone. Say --yes where nobody can be asked", WRONG)
        click.confirm("Anonymize the number everywhere? This cannot be undone", abort=True, err=True)
    for step in forget(settings, e164, place.consumes(settings), progress):
        click.echo(f"{step.place}: {step.done}")
