"""`delivrd alerter`: the watching for alarms alone."""

import os

import rich_click as click

from delivrd.options import Place, common


@click.command("alerter")
@common
def command(place: Place) -> None:
    """Judge each minute when it is over, and tell the targets of `[alerts.targets]` what rings.

    `delivrd up` starts it where there is a target. On a cluster start one or more: one leads, and when it is gone
    another one takes over within a minute. They take changed settings over on SIGHUP.

    Example: [b]delivrd alerter --data /var/lib/delivrd[/b]
    """
    from delivrd.serving import reloading
    from pipeline.logging import configure
    from pipeline.metrics_files import share
    from pipeline.parent import PARENT_FD, watch_parent

    configure("alerter")
    if PARENT_FD not in os.environ:
        from delivrd.supervisor.lock import take

        take(place.folder, click.echo)
    if not place.settings(allow_new_sources=True).on_cluster:
        share(place.folder.metrics, "alerter")
    watch_parent()

    from delivrd.alerting import run

    run(reloading(place, "alerter", allow_new_sources=True))
