"""Every metric, its unit and its meaning.

The processes of an installation share them through files (`pipeline.metrics_files`, which must be told
before this module is imported), so that the console port shows the whole and a killed process loses none.
Elsewhere they stay in the process.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

requests = Counter(
    "delivrd_requests", "Webhook requests answered, by source (empty where none was named rightly).", ["source", "code"]
)
request_bytes = Counter("delivrd_request_bytes", "Bytes of webhook bodies that are kept, as they came.", ["source"])
append_seconds = Histogram(
    "delivrd_append_seconds",
    "From handing records to the event log to their being durable.",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)

log_pending = Gauge(
    "delivrd_log_pending_records", "Records in the event log not yet in the warehouse.", multiprocess_mode="mostrecent"
)
log_oldest_seconds = Gauge(
    "delivrd_log_oldest_pending_seconds", "Age of the oldest of them; 0 without.", multiprocess_mode="mostrecent"
)
disk_free = Gauge("delivrd_disk_free_bytes", "Room on the disk of the data folder.", multiprocess_mode="mostrecent")
reading = Gauge("delivrd_reading", "The number of the way records are read at present.", multiprocess_mode="mostrecent")

spooled = Counter("delivrd_spooled_records", "Records that the spool took because Kafka did not.")
spool_records = Gauge(
    "delivrd_spool_records", "Records in the spool, not yet acknowledged by Kafka.", multiprocess_mode="mostrecent"
)
spool_oldest_seconds = Gauge(
    "delivrd_spool_oldest_seconds", "Age of the oldest of them; 0 without.", multiprocess_mode="mostrecent"
)
spool_share = Gauge(
    "delivrd_spool_share", "What the spool takes of the room it may take, 0 to 1.", multiprocess_mode="mostrecent"
)
spool_refused = Counter("delivrd_spool_refused_records", "Records set aside because Kafka will never take them.")

poll_questions = Counter("delivrd_poll_questions", "Questions that providers' APIs were asked.", ["source", "question"])
poll_answers = Counter("delivrd_poll_answers", "Answers that the event log has.", ["source", "question"])
poll_errors = Counter(
    "delivrd_poll_errors", "Questions without an answer that could be used, by what was wrong.", ["source", "kind"]
)
poll_lag = Gauge(
    "delivrd_poll_lag_seconds",
    "How long the longest waiting question has waited beyond its time, and how far back the list was read last.",
    ["source", "of"],
    multiprocess_mode="mostrecent",
)

chunk_records = Counter(
    "delivrd_chunk_records", "Records taken from the event log, by what became of them.", ["outcome"]
)
unknown_statuses = Counter(
    "delivrd_unknown_statuses", "Reports taken whose status word or code no table knows, by source.", ["source"]
)
insert_seconds = Histogram(
    "delivrd_insert_seconds",
    "One block's insert into the warehouse, by table.",
    ["table"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
consumer_errors = Counter(
    "delivrd_consumer_errors", "What stopped the consumer for a while (retry) or until mended (setup, fault).", ["kind"]
)
restarts = Counter("delivrd_child_restarts", "Parts that died and were started again.", ["part"])


@cache
def answered(source: str, code: int) -> Counter:
    """The counter of `requests` for one source and answer. Sources are the configured ones, so there are few."""
    return requests.labels(source, str(code))


def chunk_stored(outcomes: Mapping[str, int]) -> None:
    """Count the records of a chunk by outcome."""
    for outcome, count in outcomes.items():
        chunk_records.labels(outcome).inc(count)


def exposition(folder: Path | None = None) -> bytes:
    """All metrics in Prometheus' text form: those of all processes that share `folder`, or of this one alone."""
    if folder is None:
        return generate_latest()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return generate_latest(registry)
