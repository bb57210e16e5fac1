"""`delivrd import`: history from files, through the same log as everything else."""

from pathlib import Path

import rich_click as click

from delivrd.errors import WRONG, Trouble
from delivrd.options import Place, common


@click.command("import")
@click.argument("name", metavar="SOURCE")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "chosen", type=click.Choice(["csv", "json", "ndjson"]), help="Where a name does not say it.")
@click.option("--map", "mapped", multiple=True, metavar="NAME=COLUMN", help="The column of a CSV that holds NAME.")
@click.option("--kind", default="report", show_default=True, help="What the rows of a CSV are that do not say it.")
@click.option("--again", is_flag=True, help="Also the rows that are in the log already: they count as repeats.")
@common
def command(
    place: Place,
    name: str,
    files: tuple[Path, ...],
    chosen: str | None,
    mapped: tuple[str, ...],
    kind: str,
    again: bool,
) -> None:
    """Take history in: events in the names of the view `events`, or bodies as the provider's webhook gets them.

    Everything goes through the event log and counts once, however often it is imported. An import that was cut off
    goes on where it ended. What cannot be read is a dead letter.

    Example: [b]delivrd import integrax-br march.csv --map message_id="Msg ID" --map provider_status=Status[/b]
    """
    from delivrd.appending import wait_consumed
    from delivrd.history import Progress, columns_of, format_of, rows
    from delivrd.importing import import_rows, name_of
    from delivrd.parts import event_log
    from delivrd.progress import progress
    from pipeline.clock import now_ms
    from schemas.providers import adapters

    settings = place.settings()
    if name not in settings.sources:
        there_are = ", ".join(settings.sources) or "none"
        raise Trouble(f'There is no source "{name}" in {settings.config}; there are: {there_are}', WRONG)
    source = settings.sources[name].source
    columns = columns_of(mapped)
    formats = {path: format_of(path, chosen) for path in files}
    kept = Progress(place.folder.imports)
    done = unreadable = before = 0
    with event_log(settings) as log:
        with progress("importing", sum(path.stat().st_size for path in files)) as advance:
            for path, kind_of_file in formats.items():
                found = import_rows(
                    log,
                    rows(path, kind_of_file, columns, {"kind": kind}),
                    name_of(name, path),
                    kept,
                    again=again,
                    adapter=adapters[source.provider],
                    source=source,
                    clock=now_ms,
                    advance=advance,
                )
                done, unreadable, before = done + found.rows, unreadable + found.unreadable, before + found.before
        click.echo(f"imported {done} rows" + f", {before} were imported before" * bool(before))
        if unreadable:
            click.echo(f"{unreadable} of them cannot be read, or say nothing: `delivrd dead list --source {name}`")
        ends = {one.partition: one.end for one in log.stats()}
        if not wait_consumed(log, ends, 600 if place.up else 0):
            click.echo("kept in the log; the warehouse has them as soon as the worker has come to them", err=True)
