"""`delivrd audit`: the proof that each record of the log has its outcome."""

import time

import msgspec
import rich_click as click

from delivrd.errors import NO, Trouble
from delivrd.options import Place, common
from delivrd.output import print_table
from delivrd.periods import moment


@click.command("audit")
@click.option(
    "--wait", type=click.FloatRange(min=0), default=0, metavar="SECONDS", help="Wait until nothing is pending."
)
@click.option("--since", metavar="T", help="Only records received since then: 24h, 7d, 2026-01-31, 2026-01-31T12:00.")
@click.option("--json", "as_json", is_flag=True, help="One object, for scripts.")
@common
def command(place: Place, wait: float, since: str | None, as_json: bool) -> None:
    """Read the log again, and find the outcome of every record in the warehouse.

    The consumer's own counters are not trusted. Exits with 1 where a record is missing or still pending, or where a
    consumed range left no trace.

    Example: [b]delivrd audit --wait 30[/b]
    """
    from consumers.audit import Range, audit
    from delivrd.parts import oldest_home, sources_of, store_client
    from delivrd.progress import progress
    from pipeline.clock import now_ms
    from pipeline.sqlite_log import log_stats, records_of
    from schemas.providers import adapters

    settings = place.settings()
    log, state = settings.folder.log, settings.folder.state
    deadline = time.monotonic() + wait
    stats = log_stats(log, state)
    while stats and stats.pending and time.monotonic() < deadline:
        time.sleep(0.05)
        stats = log_stats(log, state)
    if stats is None:
        raise Trouble(f"There is no event log in {settings.folder.root} yet; `delivrd up` makes it")
    since_ms = moment(since, now_ms(), place.tz) if since else None
    part = Range(stats.log_id, 0, stats.first, max(stats.committed, stats.first), whole=since_ms is None)
    entries = records_of(log, last=stats.end - 1, since_ms=since_ms)
    with store_client(settings) as store, progress("reading the log again", stats.end - stats.first) as advance:
        report = audit(store, entries, part, sources_of(settings), adapters, oldest_home(settings, now_ms()), advance)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(report)).decode())
    else:
        words = msgspec.to_builtins(report)
        print_table(
            ["outcome", "records"], [[name, words[name]] for name in report.__struct_fields__ if name not in LISTS]
        )
        for first, last in report.gaps:
            click.echo(f"no chunk covers the offsets {first} to {last}", err=True)
        if report.missing_offsets:
            click.echo(f"missing, first of them at the offsets {', '.join(map(str, report.missing_offsets))}", err=True)
    if not report.complete:
        raise SystemExit(NO)


LISTS = ("gaps", "missing_offsets")
