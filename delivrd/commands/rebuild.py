"""`delivrd rebuild`: figures worked out anew, or everything read anew from the first record."""

import rich_click as click

from delivrd.errors import WRONG, Trouble
from delivrd.options import Place, common


@click.command("rebuild")
@click.option("--all", "everything", is_flag=True, help="Read archive and log from the first record into new tables.")
@click.option("--lossy", is_flag=True, help="With --all: also where not all that the warehouse holds can be read.")
@common
def command(place: Place, everything: bool, lossy: bool) -> None:
    """Work out the figures by hour and day (deliveries, deliveries_daily) anew from the messages.

    They follow the messages by themselves; this is for when they are in doubt. Hours older than
    [b]warehouse.keep[/b] stay as they are: what they were made of may be gone. Questions are answered meanwhile.

    With [b]--all[/b] everything is made anew, for corrections that change what names a message: what was received is
    read into tables beside those that serve, and in the end their rows are exchanged. Interrupted, the old ones stay,
    and the same command goes on.

    Example: [b]delivrd rebuild --all[/b]
    """
    settings = place.running_settings()
    if lossy and not everything:
        raise Trouble("--lossy is for `delivrd rebuild --all`", WRONG)
    if everything:
        from delivrd.rebuilding import rebuild as rebuild_all

        records = rebuild_all(place, settings, lambda text: click.echo(text, err=True), lossy=lossy)
        again = "; start the consumers again" if settings.on_cluster else ""
        click.echo((f"made anew from {records} records" if records else "made anew") + again)
        return
    from delivrd.parts import store_client
    from delivrd.progress import progress
    from pipeline.warehouse.rollups import rebuild

    with store_client(settings) as store:
        steps = rebuild(store)
        total = before = next(steps)
        with progress("working out hours", total) as advance:
            for left in steps:
                advance(before - left)
                before = left
    click.echo(f"worked out {total} hours")
