"""`delivrd backup`: everything, in a folder."""

from pathlib import Path

import rich_click as click

from delivrd.options import Place, common


@click.command("backup")
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@common
def command(place: Place, target: Path) -> None:
    """Write the warehouse, the event log, the settings and the secrets into a new folder, while everything runs.

    Every report that was accepted before it began is in it. It is whole when the command says so: one that was
    interrupted has no manifest.json, and is not restored. It holds the secrets, and is readable by you alone.

    Example: [b]delivrd backup /mnt/backups/monday[/b]
    """
    from delivrd.backup import make

    manifest = make(place.running_settings(), target.absolute())
    click.echo(f"{target} is whole: the log up to record {manifest.end - 1}, with settings and secrets")
