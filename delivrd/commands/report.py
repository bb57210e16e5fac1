"""`delivrd report`: the questions that are asked every day."""

import sys

import rich_click as click

from delivrd.errors import WRONG, Trouble
from delivrd.options import Place, common
from delivrd.output import print_table, working
from pipeline.sqlfiles import sql_names

SHORT_FORMATS = {"csv": "CSVWithNames", "json": "JSON", "parquet": "Parquet", "table": "PrettyCompactMonoBlock"}
"""Short names of some of ClickHouse's formats."""


@click.command("report")
@click.argument("name", type=click.Choice(sql_names("reports")), required=False)
@click.option("--by", metavar="COLUMNS", help="Group by these, with commas: source, provider, country, carrier, …")
@click.option("--since", metavar="T", default="24h", show_default=True, help="From when on: 24h, 7d, 2026-01-31.")
@click.option("--until", metavar="T", help="Up to when, excluded; now if left out.")
@click.option("--format", "fmt", metavar="FORMAT", help="csv, json, parquet, table, or any ClickHouse format.")
@common
def command(place: Place, name: str | None, by: str | None, since: str, until: str | None, fmt: str | None) -> None:
    """A report on a period, of the messages first heard of in it. Without a NAME: which reports there are.

    Each report is a file of plain SQL over the views for people, to start your own from.

    Example: [b]delivrd report deliveries --by source,country --since 7d[/b]
    """
    from delivrd.parts import reader
    from delivrd.periods import moment
    from pipeline.clock import now_ms
    from pipeline.warehouse.reports import Period, UnknownGrouping, load_report, run_report, stream_report

    if name is None:
        _list()
        return
    now = now_ms()
    period = Period(moment(since, now, place.tz), moment(until, now, place.tz) if until else now + 1, now, place.tz)
    columns = [column.strip() for column in by.split(",")] if by else []
    report = load_report(name)
    warehouse = reader(place.running_settings())
    try:
        with working(f"reading {name}"):
            if fmt:
                pieces = list(stream_report(warehouse, report, period, SHORT_FORMATS.get(fmt, fmt), columns))
            else:
                answer = run_report(warehouse, report, period, columns)
    except UnknownGrouping as error:
        raise Trouble(str(error), WRONG) from None
    finally:
        warehouse.close()
    if fmt:
        sys.stdout.buffer.writelines(pieces)
    else:
        print_table(answer.columns, answer.rows)


def _list() -> None:
    from pipeline.warehouse.reports import load_report, report_names

    reports = [load_report(name) for name in report_names()]
    print_table(
        ("report", "what it says", "by"), [(one.name, one.description, ", ".join(one.groupings)) for one in reports]
    )
