"""Forgetting a person: a number taken out of everything that holds it, one place after the other.

The list comes first. When the consumer has come to where the log ended then, nothing that it still stores was read
without the list, and the places can be cleared; each can be cleared again, so that what was cut off is just run again.
"""

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import NamedTuple

from consumers.forgetting import forget_record, listed
from consumers.forgotten_tables import forget_stored
from consumers.known import known_sources
from delivrd.appending import wait_consumed
from delivrd.errors import Trouble
from delivrd.heeding import let_write
from delivrd.parts import archive_of, event_log, sources_of, store_client
from delivrd.rebuilding import give_up
from pipeline.archive.archive import Archive
from pipeline.clock import now_ms
from pipeline.event_log import EventLog
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.log import Entry
from pipeline.settings import Settings
from pipeline.spool.place import spool_place
from pipeline.spool.refused import rewrite_refused
from pipeline.sqlfiles import load_sql
from pipeline.sqlite_log import rewrite
from pipeline.warehouse import Warehouse
from schemas.adapter import Source
from schemas.forgotten import Forgotten
from schemas.providers import adapters
from schemas.record import Record
from schemas.spoken import pattern_of

CATCH_UP_SECONDS = 600
OLD_PARTS_SECONDS = 1800
"""A server deletes what it has replaced within 15 minutes, unless it is told otherwise."""


class Step(NamedTuple):
    """What was done, and where."""

    place: str
    done: str


Reading = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""What shows how far a reading is: told its name and how many there are, it gives what to call with each few."""


def forget(settings: Settings, number: str, consumes: bool, reading: Reading) -> Iterator[Step]:
    """Take a number (E.164 with `+`) out of everything. `consumes` is whether a consumer runs.

    Raises Trouble where it cannot be finished now, and the errors of warehouse and log.
    """
    key = settings.forget.key
    if not key:
        raise Trouble(
            "There is no key to hash numbers with. Set forget.key (DELIVRD_FORGET_KEY) to 32 random characters, the "
            "same for every consumer and command, and start them again; it must never change"
        )
    forgotten = Forgotten(key)
    forgotten = Forgotten(key, [forgotten.hash_of(number)])
    with store_client(settings) as store, event_log(settings) as log:
        yield Step("list", _put_on_list(store, key, number, forgotten))
        let_write(settings)
        _let_pass(log, CATCH_UP_SECONDS if consumes else 0)
        if give_up(settings, store):
            yield Step("rebuild", "the tables that were being made anew are dropped: begin it again")
        sources = known_sources(store, sources_of(settings))
        yield Step("warehouse", _in_warehouse(store, number, forgotten, sources))
        suspect = re.compile(pattern_of(number).encode())
        change = partial(_changed, suspect, forgotten, sources)
        if settings.log.kafka:
            yield from _on_cluster(settings, settings.log.kafka, change, partial(_suspected, suspect))
        else:
            with reading("reading the event log", sum(one.end - one.first for one in log.stats())) as advance:
                count = rewrite(settings.folder.log, change, advance)
            yield Step("event log", f"{count} records anonymized")
        with archive_of(settings) as archive:
            if archive:
                yield Step("archive", _in_archive(archive, change, reading))
        yield Step("disk", _old_parts_gone(store))


def _put_on_list(store: Warehouse, key: str, number: str, forgotten: Forgotten) -> str:
    if listed(store, key).name_of(number):
        return "is on it already"
    store.command(load_sql("forget/list"), {"number": forgotten.hash_of(number), "check": forgotten.check})
    return "put on it: what comes later is stored without the number"


def _let_pass(log: EventLog, seconds: float) -> None:
    ends = {one.partition: one.end for one in log.stats()}
    if not wait_consumed(log, ends, seconds):
        raise Trouble(
            "The number is on the list, but the consumer has not come to the log's end (`delivrd status`). Run the "
            "same again when it has: nothing is taken out before"
        )


def _in_warehouse(store: Warehouse, number: str, forgotten: Forgotten, sources: Mapping[str, Source]) -> str:
    done = list(forget_stored(store, number, forgotten, sources, now_ms()))
    events, messages, letters, days = map(sum, zip(*done, strict=True))
    return (
        f"{events} events of {messages} messages anonymized, {letters} dead letters emptied, "
        f"the figures of {days} days reworded"
    )


def _changed(suspect: re.Pattern[bytes], forgotten: Forgotten, sources: Mapping[str, Source], record: Record) -> Record:
    """The record, or what stands in its place. Most are passed over by a glance at their bytes."""
    content = b"\n\n\n\n".join((record.id.encode(), (record.key or "").encode(), record.context, record.body))
    if _suspected(suspect, content):
        return forget_record(record, forgotten, sources, adapters)
    return record


def _suspected(suspect: re.Pattern[bytes], content: bytes) -> bool:
    return bool(suspect.search(content)) or b"\\u003" in content


def _on_cluster(
    settings: Settings, kafka: KafkaSettings, change: Callable[[Record], Record], suspected: Callable[[bytes], bool]
) -> Iterator[Step]:
    from pipeline.kafka_log.topic import kept_ms

    place = spool_place(settings)
    count = rewrite(place.log, change, lambda _: None) + rewrite_refused(place.refused, change, suspected)
    yield Step("spool", f"{count} records anonymized on this machine; those of other receivers go to Kafka")
    kept = kept_ms(kafka)
    if kept is None:
        yield Step("Kafka", f"topic {kafka.topic} holds what it has for ever: its retention.ms is -1")
    else:
        until = dt.datetime.fromtimestamp((now_ms() + kept) / 1000, dt.UTC)
        yield Step("Kafka", f"topic {kafka.topic} holds it until {until:%Y-%m-%d %H:%M} UTC at the latest")


def _in_archive(archive: Archive, change: Callable[[Record], Record], reading: Reading) -> str:
    archive.tidy()
    records = written = 0
    files = [file for those in archive.files().values() for file in those]
    with reading("reading the archive", len(files)) as advance:
        for file in files:
            entries = archive.read(file)
            changed = [Entry(entry.offset, change(entry.record)) for entry in entries]
            count = sum(new.record is not old.record for new, old in zip(changed, entries, strict=True))
            if count:
                archive.replace(file, changed)
                records, written = records + count, written + 1
            advance(1)
    return f"{records} records of {written} files anonymized"


def _old_parts_gone(store: Warehouse) -> str:
    """Waits until no server has what it replaced on its disk any more."""
    deadline = time.monotonic() + OLD_PARTS_SECONDS
    for server in store.each():
        place = {"database": server.servers.local}
        old = set(server.query(load_sql("forget/old_parts"), place))
        while old & set(server.query(load_sql("forget/old_parts"), place)):
            if time.monotonic() > deadline:
                raise Trouble("All is done, but the warehouse has not deleted the parts that it replaced yet")
            time.sleep(0.5)
    return "the warehouse has deleted what it replaced"
