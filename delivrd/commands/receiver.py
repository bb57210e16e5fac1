"""`delivrd receiver`: the public side alone."""

import rich_click as click

from delivrd.options import Place, common


@click.command("receiver")
@common
def command(place: Place) -> None:
    """Take webhooks in and keep them in the event log. Needs nothing of the warehouse.

    `delivrd up` starts it with all the rest.

    Example: [b]delivrd receiver --data /var/lib/delivrd[/b]
    """
    from delivrd.serving import reloading
    from pipeline.logging import configure
    from pipeline.metrics_files import share

    configure("intake")
    share(place.folder.metrics, "intake")

    from receiver.serve import run

    load = reloading(place, "intake")
    run(load(), load)
