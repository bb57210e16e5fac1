"""`delivrd replay`: the log, read again under the present adapters and status tables."""

from collections.abc import Iterator

import rich_click as click

from delivrd.options import Place, common
from delivrd.periods import moment


@click.command("replay")
@click.option("--since", metavar="T", help="Only records received since then: 24h, 7d, 2026-01-31, 2026-01-31T12:00.")
@click.option("--until", metavar="T", help="Only records received before then.")
@common
def command(place: Place, since: str | None, until: str | None) -> None:
    """Read the log again after a correction: what an older reading said is replaced, also downwards, never added.

    The records go through the log once more, with the ids and times of their first arrival, so that the figures
    are right at every moment. Dead letters that can be read now come in too.

    Example: [b]delivrd replay --since 7d[/b]
    """
    from consumers.copies import copies_of_entry
    from consumers.normalize import Position
    from delivrd.appending import append, wait_consumed
    from delivrd.errors import Trouble
    from delivrd.parts import event_log, sources_of
    from delivrd.progress import progress
    from pipeline.clock import now_ms
    from schemas.providers import adapters
    from schemas.record import Record

    settings = place.settings()
    sources = sources_of(settings)
    now = now_ms()
    since_ms = moment(since, now, place.tz) if since else None
    until_ms = moment(until, now, place.tz) if until else None
    count = 0
    with event_log(settings) as log:
        parts = log.stats()
        if not parts:
            raise Trouble(f"There is no event log in {settings.folder.root} yet; it is made when the receiver starts")
        with progress("replaying", sum(part.end - part.first for part in parts)) as advance:

            def copies() -> Iterator[Record]:
                nonlocal count
                for part in parts:
                    entries = log.records(part.partition, last=part.end - 1, since_ms=since_ms, until_ms=until_ms)
                    for entry in entries:
                        advance(1)
                        position = Position(part.log_id, part.partition, entry.offset)
                        for copy in copies_of_entry(entry, position, sources, adapters):
                            count += 1
                            yield copy

            last = append(log, copies(), lambda _: None)
        click.echo(f"replayed {count} records")
        if not wait_consumed(log, last, 600 if place.consumes(settings) else 0):
            click.echo("kept in the log; the warehouse has them as soon as the worker has come to them", err=True)
