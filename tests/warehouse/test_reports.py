"""The reports say what happened, show no rate without its count, and keep pending apart from failed."""

import itertools
from collections.abc import Sequence

import msgspec
import pytest

from pipeline.sqlfiles import SQL_FOLDER
from pipeline.warehouse import Warehouse
from pipeline.warehouse.reports import (
    Answer,
    Period,
    UnknownGrouping,
    load_report,
    report_names,
    report_sql,
    run_report,
    stream_report,
)
from schemas.event import Event, Kind, Origin
from schemas.status import Family, Status
from tests.model import Telling
from tests.services import work_out
from tests.shards import Served
from tests.warehouse.tellings import event_columns

HOUR = 3_600_000
NOON = 490_884 * HOUR
NOW = NOON + 10 * HOUR
PERIOD = Period(NOON, NOON + 24 * HOUR, NOW)

numbers = itertools.count(1)


def a_message(
    status: Status,
    home: int = NOON,
    *,
    final_after: int = 0,
    submitted: bool = False,
    country: str = "BR",
    family: Family = Family.NONE,
    kind: Kind = Kind.REPORT,
    source: str = "a",
) -> list[Telling]:
    """A message that was first heard of at `home`, with its last word `final_after` ms later."""
    number = next(numbers)
    event = Event(
        kind=kind,
        source=source,
        provider="p",
        origin=Origin.SUBMISSION if kind is Kind.SUBMISSION else Origin.WEBHOOK,
        message_id=str(number),
        message_key=str(number),
        identity=number << 64,
        occurred_at=home + final_after,
        received_at=home + final_after,
        recipient="+55",
        country=country,
        status=status,
        error_family=family,
    )
    told = [Telling(event, 1, home)]
    if submitted or final_after:
        first = msgspec.structs.replace(
            event,
            identity=(number << 64) + (1 << 120),
            status=Status.QUEUED,
            occurred_at=home,
            received_at=home,
            kind=Kind.SUBMISSION if submitted else Kind.REPORT,
        )
        told.append(Telling(first, 1, home))
    return told


def insert(warehouse: Warehouse, *told: Sequence[Telling]) -> None:
    warehouse.insert("events", event_columns([one for message in told for one in message]), str(next(numbers)))
    work_out(warehouse)


def report(served: Served, name: str, by: Sequence[str] = (), period: Period = PERIOD) -> Answer:
    reader = served.reader()
    try:
        return run_report(reader, load_report(name), period, by)
    finally:
        reader.close()


def records(answer: Answer) -> list[dict[str, object]]:
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def test_every_file_is_a_report_and_runs_in_every_grouping(served: Served, warehouse: Warehouse) -> None:
    insert(
        warehouse,
        a_message(Status.DELIVERED, final_after=1000),
        a_message(Status.FAILED),
        a_message(Status.FAILED, source="b"),
        a_message(Status.UNKNOWN),
        a_message(Status.NONE, kind=Kind.INBOUND),
    )
    assert {path.stem for path in (SQL_FOLDER / "reports").glob("*.sql")} == set(report_names())
    for name in report_names():
        known = load_report(name)
        assert known.title
        assert known.description.endswith(".")
        assert set(known.grouping) <= set(known.groupings)
        for by in ([], *([column] for column in known.groupings), known.groupings):
            answer = report(served, name, by)
            assert answer.columns[: len(by)] == list(by)
            assert answer.rows


def test_an_empty_period_is_an_empty_report(served: Served, warehouse: Warehouse) -> None:
    insert(warehouse, a_message(Status.DELIVERED, NOON - 1), a_message(Status.DELIVERED, NOON + 24 * HOUR))
    for name in report_names():
        assert report(served, name).rows == []


def test_deliveries_keep_pending_apart_from_failed(served: Served, warehouse: Warehouse) -> None:
    insert(
        warehouse,
        *(a_message(Status.DELIVERED) for _ in range(30)),
        *(a_message(Status.EXPIRED) for _ in range(10)),
        *(a_message(Status.SENT) for _ in range(5)),
        *(a_message(Status.SENT, NOW - HOUR + 1) for _ in range(2)),
        a_message(Status.SENT, country="US"),
    )
    assert records(report(served, "deliveries", ["country"])) == [
        {
            "country": "BR",
            "messages": 47,
            "delivered": 30,
            "failed": 10,
            "pending": 7,
            "delivered_pct": 75,
            "final": 40,
            "note": "2 pending are of the last hours and may still change",
        },
        {
            "country": "US",
            "messages": 1,
            "delivered": 0,
            "failed": 0,
            "pending": 1,
            "delivered_pct": None,
            "final": 0,
            "note": "no message has ended yet",
        },
    ]


def test_failures_are_shares_of_all_failures(served: Served, warehouse: Warehouse) -> None:
    insert(
        warehouse,
        *(a_message(Status.UNDELIVERABLE, family=Family.ABSENT) for _ in range(3)),
        a_message(Status.EXPIRED, family=Family.EXPIRED),
        a_message(Status.DELIVERED),
        a_message(Status.SENT),
    )
    rows = records(report(served, "failures", ["error_family"]))
    assert [(row["error_family"], row["failed"], row["share_pct"], row["of_failed"]) for row in rows] == [
        ("absent", 3, 75, 4),
        ("expired", 1, 25, 4),
    ]


def test_failures_are_compared_with_the_week_before(served: Served, warehouse: Warehouse) -> None:
    insert(
        warehouse,
        *(a_message(Status.FAILED, family=Family.NETWORK) for _ in range(10)),
        *(a_message(Status.DELIVERED) for _ in range(90)),
        *(a_message(Status.FAILED, NOON - 7 * 24 * HOUR, family=Family.NETWORK) for _ in range(5)),
        *(a_message(Status.FAILED, NOON - 7 * 24 * HOUR, family=Family.ABSENT) for _ in range(5)),
        *(a_message(Status.DELIVERED, NOON - 7 * 24 * HOUR) for _ in range(190)),
        a_message(Status.FAILED, NOON - HOUR, family=Family.NETWORK),
    )
    (row,) = records(report(served, "failures", ["error_family"]))
    assert (row["failed"], row["of_ended"], row["rate_pct"]) == (10, 100, 10)
    assert (row["failed_before"], row["of_ended_before"], row["rate_before_pct"]) == (5, 200, 2.5)
    assert row["change"] == 7.5


def test_sources_are_compared_where_they_meet(served: Served, warehouse: Warehouse) -> None:
    insert(
        warehouse,
        *(a_message(Status.DELIVERED) for _ in range(95)),
        *(a_message(Status.FAILED) for _ in range(5)),
        *(a_message(Status.DELIVERED, source="b") for _ in range(60)),
        *(a_message(Status.FAILED, source="b") for _ in range(40)),
        a_message(Status.DELIVERED, country="US"),
    )
    rows = records(report(served, "compare"))
    assert [(row["country"], row["source"], row["delivered_pct"], row["low_pct"], row["high_pct"]) for row in rows] == [
        # as any table of Wilson intervals has them
        ("BR", "a", 95, 88.82, 97.85),
        ("BR", "b", 60, 50.2, 69.06),
    ]
    assert [row["note"] for row in rows] == ["", "worse than the best, beyond chance"]


def test_latency_never_mixes_what_it_is_counted_from(served: Served, warehouse: Warehouse) -> None:
    insert(
        warehouse,
        *(a_message(Status.DELIVERED, final_after=1000 * n, submitted=True) for n in range(1, 101)),
        *(a_message(Status.DELIVERED, final_after=500) for _ in range(5)),
        a_message(Status.DELIVERED),
        a_message(Status.FAILED, final_after=900_000, submitted=True),
        a_message(Status.SENT, NOW - 1),
    )
    rows = records(report(served, "latency", ["source"]))
    assert [(row["counted_from"], row["delivered"], row["p50_s"], row["p99_s"]) for row in rows] == [
        ("first_sight", 5, 0.5, 0.5),
        ("nothing", 1, None, None),
        ("submission", 100, pytest.approx(50, rel=1 / 64), pytest.approx(99, rel=1 / 64)),
    ]
    assert rows[2]["note"] == "1 are of the last hours and pending: the slow ones are still missing"
    assert rows[1]["note"] == "the final report was the first word"


def test_coverage_counts_what_nobody_told(served: Served, warehouse: Warehouse) -> None:
    insert(
        warehouse,
        *(a_message(Status.DELIVERED) for _ in range(3)),
        a_message(Status.SENT, NOW - 24 * HOUR),
        a_message(Status.ACCEPTED, NOON + HOUR, kind=Kind.SUBMISSION),
    )
    (row,) = records(report(served, "coverage", ["source"], Period(NOW - 48 * HOUR, NOW, NOW)))
    assert (row["messages"], row["final"], row["final_pct"], row["pending"]) == (5, 3, 60, 2)
    assert (row["silent"], row["without_report"]) == (1, 1)
    assert row["oldest_pending"] == "2025-12-30 22:00:00"


def test_what_webhook_and_poll_told_is_reconciled(served: Served, warehouse: Warehouse) -> None:
    def by_poll(message: list[Telling], after: int) -> list[Telling]:
        [told] = message
        at = told.event.received_at + after
        event = msgspec.structs.replace(
            told.event,
            origin=Origin.POLL,
            identity=told.event.identity + (1 << 121),
            occurred_at=at,
            received_at=at,
            country="",
        )
        return [Telling(event, 1, told.home)]

    both = [(message, lag) for lag in (4_000, 4_000, 9_000) for message in [a_message(Status.DELIVERED)]]
    heard = [[*message, *by_poll(message, lag)] for message, lag in both]
    insert(
        warehouse,
        *heard,
        by_poll(a_message(Status.DELIVERED), 0),
        a_message(Status.DELIVERED),
        a_message(Status.FAILED),
    )
    for by in ([], ["source", "hour"], ["country"]):
        [row] = [one for one in records(report(served, "reconcile", by)) if one.get("country") != ""]
        told = [row[f"by_{way}"] for way in ("webhook_alone", "poll_alone", "both")]
        assert told == [2, 0 if by == ["country"] else 1, 3]
        assert (row["poll_later_p50_s"], row["poll_later_p95_s"]) == (4, 9)


def test_days_are_cut_in_the_zone_that_was_asked_for(served: Served, warehouse: Warehouse) -> None:
    import zoneinfo

    insert(warehouse, a_message(Status.DELIVERED, NOON - 11 * HOUR), a_message(Status.DELIVERED, NOON))
    period = Period(NOON - 24 * HOUR, NOW, NOW, zoneinfo.ZoneInfo("America/Sao_Paulo"))
    assert [row[:2] for row in report(served, "deliveries", ["day"], period).rows] == [
        ["2025-12-30", 1],
        ["2025-12-31", 1],
    ]


def test_a_grouping_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(UnknownGrouping, match=r'"1; DROP"; it can by source, provider'):
        report_sql(load_report("deliveries"), ["source", "1; DROP"])


def test_a_report_comes_in_any_format(served: Served, warehouse: Warehouse) -> None:
    insert(warehouse, a_message(Status.DELIVERED))
    reader = served.reader()
    text = b"".join(stream_report(reader, load_report("coverage"), PERIOD, "CSVWithNames", ["country"]))
    reader.close()
    assert text.startswith(b'"country","messages","final"')
