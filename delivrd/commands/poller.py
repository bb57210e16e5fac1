"""`delivrd poller`: the asking of providers alone."""

import asyncio
import os

import rich_click as click

from delivrd.options import Place, common


@click.command("poller")
@common
def command(place: Place) -> None:
    """Ask the providers of all sources that have a table `poll`, and keep their answers in the event log.

    `delivrd up` starts it with all the rest. One at a time for an installation.

    Example: [b]delivrd poller --data /var/lib/delivrd[/b]
    """
    from delivrd.serving import reloading
    from pipeline.logging import configure
    from pipeline.metrics_files import share
    from pipeline.parent import PARENT_FD, watch_parent

    if PARENT_FD not in os.environ:
        from delivrd.supervisor.lock import take

        take(place.folder, click.echo)
    configure("poller")
    share(place.folder.metrics, "poller")
    load = reloading(place, "poller")
    settings = load()
    watch_parent()

    from delivrd.polling import run

    asyncio.run(run(settings, load))
