"""Those who are to be forgotten, kept out of whatever is stored from now on: the warehouse, copies, the archive."""

from collections.abc import Mapping

import msgspec

from consumers.known import region_of
from consumers.normalize import Normalized, normalize
from pipeline.log import Entry
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse
from pipeline.warehouse.errors import Setup
from schemas.adapter import Adapter, Source
from schemas.forgotten import Forgotten, anonymous, is_named
from schemas.left import Left, record_of
from schemas.record import Record, RecordType


def listed(warehouse: Warehouse, key: str) -> Forgotten:
    """The list as it stands now. Raises Setup where it was made with another key, and the warehouse's errors."""
    rows = warehouse.query(load_sql("consumer/forgotten"))
    forgotten = Forgotten(key, (number for number, _ in rows))
    if any(check != forgotten.check for _, check in rows):
        raise Setup(
            "numbers are to be forgotten, and forget.key is missing or not the one that they were listed with; put it "
            "back (in secrets.toml, or as DELIVRD_FORGET_KEY), the same for each process"
        )
    return forgotten


def forget_item(item: Normalized, forgotten: Forgotten, sources: Mapping[str, Source]) -> Normalized:
    """What was read, without the numbers on the list; what could not be read and names one says nothing any more."""
    if not forgotten:
        return item
    region = region_of(item.record.source, sources)
    if item.event is not None:
        return msgspec.structs.replace(item, event=anonymous(item.event, region, forgotten))
    if item.dead is not None and is_named(item.record, region, forgotten):
        return msgspec.structs.replace(item, dead=None, forgotten=True)
    return item


def forget_record(
    record: Record, forgotten: Forgotten, sources: Mapping[str, Source], adapters: Mapping[str, Adapter]
) -> Record:
    """The record; where it is about a number on the list, or names one, what may stand in its place.

    That is read as the record was, so that a replay of either makes the same figures.
    """
    if not forgotten or record.type in (RecordType.DISCARD, RecordType.FORGOTTEN):
        return record
    item = normalize(Entry(0, record), "", 0, sources, adapters)
    found = forget_item(item, forgotten, sources)
    if found.event == item.event and not is_named(record, region_of(record.source, sources), forgotten):
        return record
    left = Left(found.event, found.message, found.id_hash) if found.event else None
    return record_of(record, left)
