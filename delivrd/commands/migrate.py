"""`delivrd migrate`: the warehouse's tables."""

import rich_click as click

from delivrd.options import Place, common


@click.command("migrate")
@common
def command(place: Place) -> None:
    """Bring the warehouse's tables up to date. The worker does the same at each start.

    Example: [b]delivrd migrate[/b]
    """
    from delivrd.parts import prepare

    applied = prepare(place.running_settings())
    click.echo(f"applied: {', '.join(f'{number:04}' for number in applied)}" if applied else "up to date already")
