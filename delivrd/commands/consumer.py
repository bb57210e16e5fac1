"""`delivrd consumer`: from the event log into the warehouse, and the private port beside it."""

import os
import signal
import threading

import rich_click as click

from delivrd.options import Place, common

DRAIN_SECONDS = 10.0
STOP_SECONDS = 25.0


@click.command("consumer")
@common
def command(place: Place) -> None:
    """Take records from the event log into the warehouse, and serve /healthz, /readyz and /metrics.

    `delivrd up` starts it with all the rest. On a cluster start as many as needed: they share the partitions. SIGTERM
    ends it within 25 seconds: what is being stored is finished, the rest is left to the others.

    Example: [b]delivrd consumer --data /var/lib/delivrd[/b]
    """
    from delivrd.serving import reloading
    from pipeline.ending import end_by_force
    from pipeline.logging import configure
    from pipeline.metrics_files import share
    from pipeline.parent import PARENT_FD, watch_parent

    configure("worker")
    load = reloading(place, "worker", allow_new_sources=True)
    settings = load()
    if not settings.on_cluster:
        if PARENT_FD not in os.environ:
            from delivrd.supervisor.lock import take

            take(place.folder, click.echo)
        share(place.folder.metrics, "worker")
    orphaned = threading.Event()

    def on_end() -> None:
        orphaned.set()
        os.kill(os.getpid(), signal.SIGTERM)

    watch_parent(on_end)

    from delivrd.work import work

    def drain_seconds() -> float:
        end_by_force(STOP_SECONDS)
        # On a cluster the others go on at once. Without its supervisor the engine ends as well.
        return 0 if settings.on_cluster or orphaned.is_set() else DRAIN_SECONDS

    work(settings, load, drain_seconds)
