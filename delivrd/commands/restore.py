"""`delivrd restore`: a data folder out of a backup."""

from pathlib import Path

import rich_click as click

from delivrd.options import Place, common


@click.command("restore")
@click.argument("backup", type=click.Path(exists=True, file_okay=False, path_type=Path))
@common
def command(place: Place, backup: Path) -> None:
    """Make a new data folder (--data) from a backup, and prove by an audit that every record of it has its outcome.

    The folder must not be there yet, or be empty. It appears under its name when all is done; then start it with
    [b]delivrd up[/b].

    Example: [b]delivrd restore /mnt/backups/monday --data /var/lib/delivrd[/b]
    """
    from delivrd.restore import bring_back

    report = bring_back(backup.absolute(), place.folder)
    click.echo(
        f"{place.folder.root} is restored: all of its log's {report.received} records have their outcome. "
        "Start it with `delivrd up`"
    )
