"""What questions cost: every report, and what people and pages ask all day."""

import datetime as dt
import statistics
from collections.abc import Iterator, Mapping

import httpx
import msgspec

from bench.warehouse.engine import Engine
from bench.warehouse.filling import END
from pipeline.warehouse.reports import Period, load_report, parameters, report_names, report_sql

RUNS = 7
DAY_MS = 86_400_000

END_MS = int(dt.datetime.fromisoformat(f"{END}+00:00").timestamp() * 1000)
SPANS = {"a day": 1, "a month": 30}


class Cost(msgspec.Struct, frozen=True):
    """The median of `RUNS` runs, the first of which may have read from the disk."""

    question: str
    ms: float
    rows: int
    bytes: int
    memory: int
    answer_rows: int


class _Summary(msgspec.Struct):
    read_rows: str
    read_bytes: str
    memory_usage: str
    result_rows: str


def questions(engine: Engine) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Name, SQL and parameters."""
    for name in report_names():
        for span, days in SPANS.items():
            period = Period(END_MS - days * DAY_MS, END_MS, END_MS)
            yield f"report {name}, {span}", report_sql(load_report(name)), parameters(period)
    for span, days in SPANS.items():
        since = {"since": _utc(END_MS - days * DAY_MS)}
        for view, time in (
            ("messages", "home"),
            ("events", "home"),
            ("deliveries", "hour"),
            ("deliveries_daily", "day"),
        ):
            measure = "sum(messages)" if view.startswith("deliveries") else "count()"
            bound = f"{time} >= toDateTime({{since:String}}, 'UTC')"
            yield f"{view} by source, {span}", f"SELECT source, {measure} FROM {view} WHERE {bound} GROUP BY 1", since
    writer = engine.writer()
    [(message_id, recipient)] = writer.query(
        "SELECT message_id, recipient FROM events ORDER BY cityHash64(message) LIMIT 1"
    )
    writer.close()
    for view in ("messages", "events"):
        yield f"{view} by id", f"SELECT * FROM {view} WHERE message_id = {{id:String}}", {"id": message_id}
    yield "messages by number", "SELECT * FROM messages WHERE recipient = {number:String}", {"number": recipient}


def ask(engine: Engine) -> Iterator[Cost]:
    """Each question, as the reader."""
    with httpx.Client(base_url=f"http://127.0.0.1:{engine.http_port}", timeout=300, trust_env=False) as client:
        for name, sql, asked in questions(engine):
            runs = [_once(client, engine, name, sql, asked) for _ in range(RUNS)]
            median = statistics.median(run.ms for run in runs)
            yield msgspec.structs.replace(runs[-1], ms=median)


def _once(client: httpx.Client, engine: Engine, name: str, sql: str, asked: Mapping[str, str]) -> Cost:
    settings = {"database": "delivrd", "wait_end_of_query": "1", "default_format": "Native"}
    answer = client.post(
        "/",
        params=settings | {f"param_{key}": value for key, value in asked.items()},
        content=sql,
        auth=("reader", engine.password),
    )
    if answer.status_code != httpx.codes.OK:
        raise SystemExit(f"{name}: {answer.text}")
    told = msgspec.json.decode(answer.headers["X-ClickHouse-Summary"], type=_Summary)
    return Cost(
        name, answer.elapsed.total_seconds() * 1000, int(told.read_rows), int(told.read_bytes), int(told.memory_usage),
        int(told.result_rows),
    )  # fmt: skip


def _utc(ms: int) -> str:
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
