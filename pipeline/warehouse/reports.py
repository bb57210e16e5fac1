"""The reports of `sql/reports`: plain SQL over the public views, with a header that says what they are.

A file's header is its title, a line that describes it, and `-- by:` with the columns that its rows may be grouped by.
Between `/* by: */` and `/* :by */` stands the grouping that it has unless another is asked for.
"""

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterator, Sequence

import msgspec

from pipeline.sqlfiles import load_sql, sql_names
from pipeline.warehouse.client import Warehouse

_GROUPING = re.compile(r"/\* by: \*/ (.+) /\* :by \*/")


class Report(msgspec.Struct, frozen=True):
    """A report. `groupings` are the columns that it can be grouped by, `grouping` those that it is unless asked."""

    name: str
    title: str
    description: str
    groupings: tuple[str, ...]
    grouping: tuple[str, ...]
    sql: str


class Period(msgspec.Struct, frozen=True):
    """What a report is about, in UTC milliseconds; `until` is excluded. `tz` cuts its days."""

    since: int
    until: int
    now: int
    tz: zoneinfo.ZoneInfo = zoneinfo.ZoneInfo("UTC")


class Answer(msgspec.Struct, frozen=True):
    """Columns and rows. Times are text in UTC, unknown values None."""

    columns: list[str]
    rows: list[list[object]]


class UnknownGrouping(ValueError):
    """A report cannot be grouped by this; the text says by what it can."""


class _Column(msgspec.Struct):
    name: str


class _Json(msgspec.Struct):
    meta: list[_Column]
    data: list[list[object]]


def report_names() -> tuple[str, ...]:
    """The reports there are, in the order of their names."""
    return sql_names("reports")


def load_report(name: str) -> Report:
    """The report of that name. Raises FileNotFoundError."""
    sql = load_sql(f"reports/{name}")
    title, description, groupings = (line.removeprefix("-- ") for line in sql.splitlines()[:3])
    default = _GROUPING.search(sql)
    if default is None or not groupings.startswith("by: "):
        raise ValueError(f"sql/reports/{name}.sql has no grouping")
    return Report(name, title, description, _names(groupings.removeprefix("by: ")), _names(default[1]), sql.strip())


def report_sql(report: Report, by: Sequence[str] = ()) -> str:
    """The report's SQL, grouped by the columns `by`, in that order. Raises UnknownGrouping."""
    for column in by:
        if column not in report.groupings:
            allowed = ", ".join(report.groupings)
            raise UnknownGrouping(f'the report {report.name} cannot be grouped by "{column}"; it can by {allowed}')
    return _GROUPING.sub(", ".join(dict.fromkeys(by)), report.sql) if by else report.sql


def run_report(warehouse: Warehouse, report: Report, period: Period, by: Sequence[str] = ()) -> Answer:
    """The report's rows. Raises UnknownGrouping, and the warehouse's Retry and Setup."""
    sql = report_sql(report, by)
    parsed = msgspec.json.decode(warehouse.raw(sql, "JSONCompact", parameters(period)), type=_Json)
    return Answer([column.name for column in parsed.meta], parsed.data)


def stream_report(
    warehouse: Warehouse, report: Report, period: Period, fmt: str, by: Sequence[str] = ()
) -> Iterator[bytes]:
    """The same in any ClickHouse format."""
    return warehouse.stream(report_sql(report, by), fmt, parameters(period))


def parameters(period: Period) -> dict[str, str]:
    """What fills the `{name:Type}` of a report."""
    times = {name: getattr(period, name) for name in ("since", "until", "now")}
    return {name: _utc(ms) for name, ms in times.items()} | {"tz": period.tz.key}


def _utc(ms: int) -> str:
    moment = dt.datetime.fromtimestamp(ms / 1000, dt.UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))
