"""`delivrd replay`: what was received, read again under the present adapters and status tables."""

import rich_click as click

from delivrd.options import Place, common


@click.command("replay")
@click.option("--since", metavar="T", help="Only records received since then: 24h, 7d, 2026-01-31, 2026-01-31T12:00.")
@click.option("--until", metavar="T", help="Only records received before then.")
@click.option("--anew", is_flag=True, help="From the start, also where the same replay was interrupted.")
@common
def command(place: Place, since: str | None, until: str | None, anew: bool) -> None:
    """Read log and archive again after a correction: what an older reading said is replaced, also downwards.

    The records go through the log once more, with the ids and times of their first arrival, so that the figures
    are right at every moment and nothing counts twice. Dead letters that can be read now come in too. Interrupted,
    the same command goes on where it was.

    Example: [b]delivrd replay --since 7d[/b]
    """
    from consumers.readings import digest_of
    from delivrd.appending import append, wait_consumed
    from delivrd.errors import Trouble
    from delivrd.heeding import heedful_when_running
    from delivrd.parts import archive_of, event_log, retention, sources_of
    from delivrd.periods import moment
    from delivrd.progress import progress
    from delivrd.replaying import Asked, copies, interrupted, keep, new_note, remaining
    from pipeline.archive.history import History
    from pipeline.clock import now_ms

    settings = place.settings()
    if settings.archive_place:  # which the warehouse's engine reads
        settings = place.running_settings()
    sources = sources_of(settings)
    asked = Asked(since, until, digest_of(sources))
    now = now_ms()
    path = place.folder.replay
    count = 0
    with event_log(settings) as log, archive_of(settings) as archive:
        history = History(log, archive)
        if not history.partitions:
            raise Trouble(f"There is no event log in {settings.folder.root} yet; it is made when the receiver starts")
        note = None if anew else interrupted(path, asked)
        if note:
            click.echo("going on where the same replay was interrupted (--anew begins from the start)", err=True)
        else:
            # What is older tells of messages that the warehouse keeps no more.
            since_ms = max(moment(since, now, place.tz) if since else 0, retention(settings).oldest(now).home)
            note = new_note(asked, since_ms, moment(until, now, place.tz) if until else None, history)

        def appended(records: int) -> None:
            nonlocal count
            count += records
            keep(path, note)

        try:
            with (
                heedful_when_running(place, settings, log) as write,
                progress("replaying", remaining(note, history)) as advance,
            ):
                last = append(log, copies(note, history, sources, advance), appended, write)
        except KeyboardInterrupt:
            raise Trouble(f"Interrupted after {count} records. Run the same again to go on") from None
        path.unlink(missing_ok=True)
        click.echo(f"replayed {count} records")
        if not wait_consumed(log, last, 600 if place.consumes(settings) else 0):
            click.echo("kept in the log; the warehouse has them as soon as the worker has come to them", err=True)
