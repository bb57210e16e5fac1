"""`delivrd archive`: what has come of age, archived now; and what is there."""

import rich_click as click

from delivrd.commands.archiver import NONE
from delivrd.errors import Trouble
from delivrd.options import Place, common


@click.command("archive")
@click.option("--list", "listing", is_flag=True, help="Show what the archive holds, and archive nothing.")
@common
def command(place: Place, listing: bool) -> None:
    """Put consumed records that are older than [b]archive.after[/b] into the archive, without waiting for full files.

    A running delivrd archives by itself. The files are Parquet: DuckDB, pandas or ClickHouse read them without delivrd.

    Example: [b]delivrd archive --list[/b]
    """
    from delivrd.parts import archive_of, event_log
    from pipeline.archive.listing import list_files
    from pipeline.archive.target import open_target

    settings = place.settings(allow_new_sources=True)
    if settings.archive_place is None:
        raise Trouble(NONE)
    if listing:
        from delivrd.output import print_table

        files = [file for part in list_files(open_target(settings.archive_place)).values() for file in part]
        print_table(
            ["log", "partition", "first", "last", "oldest day", "newest day"],
            [[one.log_id, one.partition, one.first, one.last, one.oldest_day, one.newest_day] for one in files],
        )
        return

    from delivrd.archiving import archive_now
    from delivrd.progress import progress

    settings = place.running_settings()
    records = count = 0
    with event_log(settings) as log, archive_of(settings) as archive:
        if archive is None:
            raise Trouble(NONE)
        with progress("archiving", sum(part.committed - part.first for part in log.stats())) as advance:
            for file in archive_now(settings, log, archive, eager=True):
                records += file.last - file.first + 1
                count += 1
                advance(file.last - file.first + 1)
    click.echo(f"archived {records} records in {count} files" if count else "nothing has come of age")
