"""`delivrd receiver`: the public side alone."""

import rich_click as click

from delivrd.options import Place, common


@click.command("receiver")
@common
def command(place: Place) -> None:
    """Take webhooks in and keep them in the event log. Needs nothing of the warehouse.

    `delivrd up` starts it with all the rest. On a cluster start as many as needed, each with a data folder of its own
    for its spool; health and metrics are on the console's port. SIGTERM ends it within 25 seconds.

    Example: [b]delivrd receiver --data /var/lib/delivrd[/b]
    """
    from delivrd.serving import reloading
    from pipeline.logging import configure
    from pipeline.metrics_files import share

    configure("intake")
    load = reloading(place, "intake")
    settings = load()
    if settings.on_cluster:
        from delivrd.receive import receive

        receive(settings, load)
        return
    share(place.folder.metrics, "intake")

    from receiver.serve import run

    run(settings, load)
