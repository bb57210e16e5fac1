"""`delivrd poller`: the asking of providers alone."""

import asyncio
import os

import rich_click as click

from delivrd.options import Place, common


@click.command("poller")
@common
def command(place: Place) -> None:
    """Ask the providers of all sources that have a table `poll`, and keep their answers in the event log.

    `delivrd up` starts it with all the rest. On a cluster start one, with a data folder that is kept: it remembers
    there what was asked. Health and metrics are on the console's port. SIGTERM ends it within 25 seconds: answers that
    came are kept first.

    Example: [b]delivrd poller --data /var/lib/delivrd[/b]
    """
    from delivrd.serving import reloading
    from pipeline.logging import configure
    from pipeline.metrics_files import share
    from pipeline.parent import PARENT_FD, watch_parent

    configure("poller")
    if PARENT_FD not in os.environ:
        from delivrd.supervisor.lock import take

        take(place.folder, click.echo)
    load = reloading(place, "poller", allow_new_sources=True)
    settings = load()
    if not settings.on_cluster:
        share(place.folder.metrics, "poller")
    watch_parent()

    from delivrd.polling import run

    asyncio.run(run(settings, load))
