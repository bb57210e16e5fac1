"""How things stand, as the rows of `delivrd status`: what it is about, how it stands, and whether that is well."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from delivrd.addresses import base_url
from delivrd.alarms_standing import alarm_rows
from delivrd.archived import archive_rows
from delivrd.measures import measure
from delivrd.options import Place
from delivrd.parts import event_log, reader
from delivrd.polls import poll_rows
from delivrd.supervisor.readiness import is_ready
from delivrd.unknown_words import unknown_rows
from pipeline.clock import now_ms
from pipeline.log import LogUnavailable, LogUnusable
from pipeline.log_stats import PartitionStats
from pipeline.settings import Settings
from pipeline.settings.units import format_size
from pipeline.spool.place import spool_place, spool_stats
from pipeline.warehouse import Warehouse

NAMED = 5
PING_SECONDS = 5.0
_UNUSABLE = (LogUnavailable, LogUnusable, OSError)


class Row(NamedTuple):
    """One line. `well` is whether nothing has to be done about it."""

    what: str
    how: object
    well: bool = True


def standing(place: Place, settings: Settings) -> Iterator[Row]:
    """All rows."""
    yield Row("data", settings.data_dir)
    yield Row("settings", settings.config)
    answers = place.consumes(settings) and _answers(reader(settings))
    yield from _cluster(settings, answers) if settings.on_cluster else _processes(place, settings)
    yield from _log(settings)
    if settings.on_cluster:
        yield from _spool(settings)
    yield from (Row(*row) for row in poll_rows(place, settings))
    yield from (Row(*row) for row in archive_rows(place, settings))
    if answers:
        yield from (Row(*row) for row in alarm_rows(place, settings, now_ms()))
        yield from (Row(*row) for row in unknown_rows(settings, now_ms()))


def _processes(place: Place, settings: Settings) -> Iterator[Row]:
    up = place.up
    if up is None:
        yield Row("runs", "no; start it with `delivrd up`", well=False)
        return
    yield Row("runs", f"since {place.since(up.started, now_ms())}, pid {up.pid}")
    for name, section in (("receiver", settings.receiver), ("console", settings.console)):
        ready = asyncio.run(is_ready(section.host, section.port))
        yield Row(name, f"{'ready' if ready else 'not ready'}, {base_url(section.host, section.port)}", ready)
    warehouse = settings.warehouse
    yield Row("warehouse", f"HTTP port {warehouse.http_port}, native port {warehouse.tcp_port}")
    for name, part in up.parts.items():
        yield Row(name, f"pid {part.pid}" + (f", restarted {part.restarts} times" * bool(part.restarts)))


def _cluster(settings: Settings, answers: bool) -> Iterator[Row]:
    hosts = ", ".join(f"{host}:{port}" for host, port in settings.warehouse.servers.hosts)
    yield Row("warehouse", f"{'answers' if answers else 'does not answer'}, {hosts}", answers)


def _answers(warehouse: Warehouse) -> bool:
    """Whether it does so soon; a query may take much longer."""
    said: list[bool] = []
    asking = threading.Thread(target=lambda: said.append(warehouse.ping()), daemon=True)
    asking.start()
    asking.join(PING_SECONDS)
    return said == [True]


def _log(settings: Settings) -> Iterator[Row]:
    try:
        with event_log(settings) as log:
            stats = log.stats()
    except _UNUSABLE as error:
        yield Row("log", f"cannot be used: {error}", well=False)
        return
    now = measure(stats, settings.folder, now_ms)
    oldest = f", the oldest for {now.oldest_seconds:.1f} s" * bool(now.pending)
    yield Row("pending", f"{now.pending} records{oldest}")
    if now.log_bytes is not None:
        yield Row("log", f"{format_size(now.log_bytes)} of at most {format_size(settings.log.max_bytes)}")
    if settings.on_cluster:
        yield Row("log", _partitions(stats))
    yield Row("disk", f"{format_size(now.disk_free)} free of {format_size(now.disk_total)}")


def _partitions(stats: Sequence[PartitionStats]) -> str:
    """How many there are, and which of them are furthest behind."""
    behind = sorted((one for one in stats if one.pending), key=lambda one: -one.pending)
    named = ", ".join(f"{one.partition} by {one.pending}" for one in behind[:NAMED])
    more = f", and {len(behind) - NAMED} more" * (len(behind) > NAMED)
    return f"{len(stats)} partitions, " + (f"behind: {named}{more}" if behind else "none of them behind")


def _spool(settings: Settings) -> Iterator[Row]:
    """Of this data folder; a process that keeps none has nothing to say."""
    place = spool_place(settings)
    if not place.log.exists():
        return
    try:
        found = spool_stats(place)
    except _UNUSABLE as error:
        yield Row("spool", f"cannot be used: {error}", well=False)
        return
    age = f", the oldest for {max(0, now_ms() - found.oldest) / 1000:.1f} s" if found.oldest else ""
    yield Row("spool", f"{found.records} records{age}, {found.share:.0%} of {format_size(place.max_bytes)}")
    if found.refused:
        yield Row("refused", f"{found.refused} records that Kafka will never take, in {place.refused}", well=False)
