"""`delivrd archiver`: the filling of the archive alone."""

import os

import rich_click as click

from delivrd.errors import Trouble
from delivrd.options import Place, common

NONE = 'There is no archive. Name one in the settings: `target` in `[archive]`, a folder or "s3://bucket/prefix".'


@click.command("archiver")
@common
def command(place: Place) -> None:
    """Move what has come of age from the event log into the archive.

    `delivrd up` starts it where `[archive]` has a `target`. On a cluster start one; two do no harm.

    Example: [b]delivrd archiver --data /var/lib/delivrd[/b]
    """
    from delivrd.serving import reloading
    from pipeline.logging import configure
    from pipeline.parent import PARENT_FD, watch_parent

    configure("archiver")
    if PARENT_FD not in os.environ:
        from delivrd.supervisor.lock import take

        take(place.folder, click.echo)
    settings = reloading(place, "archiver", allow_new_sources=True)()
    if settings.archive_place is None:
        raise Trouble(NONE)
    watch_parent()

    from delivrd.archiving import run

    run(settings, settings.archive_place)
