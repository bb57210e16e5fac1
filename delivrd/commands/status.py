"""`delivrd status`: how things stand."""

import sys

import rich_click as click

from delivrd.errors import NO
from delivrd.options import Place, common
from delivrd.output import print_table


@click.command("status")
@common
def command(place: Place) -> None:
    """What runs, what is pending, how old the oldest pending record is, how full the disk, how polls and alarms stand,
    and which words of the providers nobody knows; on a cluster the spool of this data folder too.

    Exits 0 where everything is ready, else 1.

    Example: [b]delivrd status[/b]
    """
    from delivrd.standing import standing

    rows = list(standing(place, place.settings(allow_new_sources=True)))
    print_table(["what", "how it stands"], [[row.what, row.how] for row in rows])
    if not all(row.well for row in rows):
        sys.exit(NO)
