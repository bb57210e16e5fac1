"""`delivrd console`: the private port alone."""

import rich_click as click

from delivrd.options import Place, common


@click.command("console")
@common
def command(place: Place) -> None:
    """Serve the pages of a cluster, and /healthz, /readyz and /metrics of its event log and warehouse.

    `delivrd up` serves them beside the consumer. SIGTERM ends it within 5 seconds.

    Example: [b]delivrd console --data /var/lib/delivrd[/b]
    """
    from delivrd.errors import Trouble
    from delivrd.serving import reloading
    from pipeline.logging import configure

    configure("console")
    load = reloading(place, "console", allow_new_sources=True)
    settings = load()
    if not settings.on_cluster:
        raise Trouble("The console is beside the consumer here: `delivrd up` starts them")

    from delivrd.watch import watch

    watch(settings, load)
