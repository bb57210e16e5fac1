"""`delivrd audit`: the proof that each record of the log has its outcome."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
import rich_click as click

from delivrd.errors import NO, Trouble
from delivrd.options import Place, common
from delivrd.output import print_table
from delivrd.periods import moment

if TYPE_CHECKING:
    from pipeline.event_log import EventLog
    from pipeline.log_stats import PartitionStats


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
    consumed range left no trace. On a cluster, what waits in the spool of this data folder is pending too.

    Example: [b]delivrd audit --wait 30[/b]
    """
    from consumers.audit import with_pending
    from delivrd.auditing import audited
    from delivrd.parts import event_log, spooled
    from delivrd.progress import progress
    from pipeline.clock import now_ms

    settings = place.running_settings()
    since_ms = moment(since, now_ms(), place.tz) if since else None
    with event_log(settings) as log:
        parts = _settled(log, wait, lambda: spooled(settings))
        if not parts:
            raise Trouble(f"There is no event log in {settings.folder.root} yet; it is made when the receiver starts")
        with progress("reading the log again", sum(part.end - part.first for part in parts)) as advance:
            report = with_pending(audited(settings, log, parts, since_ms, advance), spooled(settings))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(report)).decode())
    else:
        words = msgspec.to_builtins(report)
        print_table(
            ["outcome", "records"], [[name, words[name]] for name in report.__struct_fields__ if name not in LISTS]
        )
        for problem in report.problems():
            click.echo(problem, err=True)
    if not report.complete:
        raise SystemExit(NO)


LISTS = ("gaps", "missing_offsets")


def _settled(log: "EventLog", wait: float, spooled: Callable[[], int]) -> "Sequence[PartitionStats]":
    """How the log stands when nothing is pending any more, or after `wait` seconds."""
    deadline = time.monotonic() + wait
    while True:
        waits = spooled()
        parts = log.stats()
        if not (waits or any(part.pending for part in parts)) or time.monotonic() > deadline:
            return parts
        time.sleep(0.05)
