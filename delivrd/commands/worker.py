"""`delivrd worker`: the consumer, and the private port beside it."""

import os
import signal
import threading

import rich_click as click

from delivrd.options import Place, common

DRAIN_SECONDS = 10.0


@click.command("worker")
@common
def command(place: Place) -> None:
    """Take records from the event log into the warehouse, and serve /healthz, /readyz and /metrics.

    `delivrd up` starts it with all the rest. Alone, it needs `warehouse.http_port` in the settings.

    Example: [b]delivrd worker --data /var/lib/delivrd[/b]
    """
    from delivrd.serving import reloading
    from pipeline.logging import configure
    from pipeline.metrics_files import share
    from pipeline.parent import PARENT_FD, watch_parent

    if PARENT_FD not in os.environ:
        from delivrd.supervisor.lock import take

        take(place.folder, click.echo)
    orphaned = threading.Event()

    def on_end() -> None:
        orphaned.set()
        os.kill(os.getpid(), signal.SIGTERM)

    configure("worker")
    share(place.folder.metrics, "worker")
    load = reloading(place, "worker")
    settings = load()
    watch_parent(on_end)

    from delivrd.work import work

    # Without its supervisor the engine ends as well, so there is nothing to drain into.
    work(settings, load, lambda: 0 if orphaned.is_set() else DRAIN_SECONDS)
