"""`delivrd rebuild`: the figures by hour and day, worked out anew."""

import rich_click as click

from delivrd.options import Place, common


@click.command("rebuild")
@common
def command(place: Place) -> None:
    """Work out the figures by hour and day (deliveries, deliveries_daily) anew from the messages.

    They follow the messages by themselves; this is for when they are in doubt. Hours older than
    [b]warehouse.keep[/b] stay as they are: what they were made of may be gone. Questions are answered meanwhile.

    Example: [b]delivrd rebuild[/b]
    """
    from delivrd.parts import store_client
    from delivrd.progress import progress
    from pipeline.warehouse.rollups import rebuild

    with store_client(place.running_settings()) as store:
        steps = rebuild(store)
        total = before = next(steps)
        with progress("working out hours", total) as advance:
            for left in steps:
                advance(before - left)
                before = left
    click.echo(f"worked out {total} hours")
