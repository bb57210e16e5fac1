"""`make bench-warehouse`: fifty million events, and what questions and inserts cost there."""

import statistics
import tempfile
import time
from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench import evaluating
from bench.machine import look as look_at
from bench.warehouse import asking, ingesting
from bench.warehouse.console import Look, look
from bench.warehouse.engine import running
from bench.warehouse.filling import fill
from pipeline.warehouse import Warehouse

EVENTS_A_MESSAGE = 2.74
ROUNDS = 3


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--events", default=50_000_000, show_default=True, help="How many, about.")
@click.option(
    "--dir",
    "parent",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Where the data folder is made, for as long as it runs: the disk that is measured.",
)
def main(events: int, parent: Path | None) -> None:
    """Fill a warehouse with a month of traffic, and measure. Other work on the machine spoils the figures.

    Example: [b]python -m bench.warehouse.run --events 5000000[/b]
    """
    out = Console(width=140)
    with tempfile.TemporaryDirectory(prefix="delivrd-bench-", dir=parent) as folder, running(Path(folder)) as engine:
        out.print(f"{look_at(Path(folder))}\n")
        warehouse = engine.writer()
        empty = _rates(warehouse, 0)
        messages = int(events / EVENTS_A_MESSAGE)
        began = time.perf_counter()
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("filling", total=messages)
            fill(warehouse, messages, lambda count: progress.advance(task, count))
        out.print(f"filled and worked out in {time.perf_counter() - began:.0f} s")
        full = _rates(warehouse, 10_000_000)
        print_ingest(out, empty, full)
        _settle(warehouse)
        print_sizes(out, warehouse)
        print_costs(out, list(asking.ask(engine)))
        print_minute(out, warehouse)
        print_looks(out, list(look(engine, Path(folder) / "console")))
        warehouse.close()


def _rates(warehouse: Warehouse, start: int) -> list[float]:
    return [ingesting.rate(warehouse, start + turn * 1_000_000) for turn in range(ROUNDS)]


def _settle(warehouse: Warehouse) -> None:
    """Wait until nothing is merged any more."""
    while warehouse.query("SELECT count() FROM system.merges")[0][0]:
        time.sleep(1)


def print_ingest(out: Console, empty: list[float], full: list[float]) -> None:
    """The consumer's rate, before and after."""
    before, after = statistics.median(empty), statistics.median(full)
    out.print(
        f"live traffic comes in at {before:,.0f} events/s into empty tables, at {after:,.0f} ({after / before:.0%}) "
        "into full ones: look-ups, inserts and all views, one partition\n"
    )


def print_sizes(out: Console, warehouse: Warehouse) -> None:
    """Rows and bytes by table."""
    rows = warehouse.query(
        "SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts "
        "WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC"
    )
    events = next(count for table, count, _ in rows if table == "events")
    table = Table("table", "rows", "MB", "bytes an event", box=None, pad_edge=False)
    for name, count, size in (*rows, ("all", "", sum(size for _, _, size in rows))):
        table.add_row(name, f"{count:,}" if count else "", f"{size / 1e6:,.1f}", f"{size / events:.1f}")
    out.print(table, "")


def print_costs(out: Console, costs: list[asking.Cost]) -> None:
    """A line a question."""
    table = Table("question", box=None, pad_edge=False)
    for column in ("ms", "rows read", "MB read", "MB of memory", "rows"):
        table.add_column(column, justify="right")
    for one in costs:
        read = (f"{one.rows:,}", f"{one.bytes / 1e6:,.1f}", f"{one.memory / 1e6:,.0f}", f"{one.answer_rows:,}")
        table.add_row(one.question, f"{one.ms:,.1f}", *read)
    out.print(table)


def print_minute(out: Console, warehouse: Warehouse) -> None:
    """What alarms cost each minute."""
    afternoon = (asking.END_MS - asking.DAY_MS // 3) // 60_000
    reading, judging = (statistics.median(ms) for ms in (evaluating.read(warehouse, afternoon), evaluating.judged()))
    out.print(
        f"\nalarms take {reading + judging:,.0f} ms a minute: {reading:,.0f} ms to ask what was heard in it, "
        f"{judging:,.0f} ms to judge 3,000 routes of which each was"
    )


def print_looks(out: Console, looks: list[Look]) -> None:
    """A line a page of the console."""
    table = Table("page", box=None, pad_edge=False)
    for column in ("ms until its beginning", "ms until all of it", "kB"):
        table.add_column(column, justify="right")
    for one in looks:
        table.add_row(one.page, f"{one.first_ms:,.0f}", f"{one.whole_ms:,.0f}", f"{one.bytes / 1000:,.0f}")
    out.print("", table)


if __name__ == "__main__":
    main()
