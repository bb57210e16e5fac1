"""Splitting again what a record holds, by the way it came in."""

from schemas import timeout
from schemas.adapter import Adapter, Element, Source, asked_of
from schemas.record import Record, RecordType


def split_as(adapter: Adapter, record: Record, source: Source) -> list[Element]:
    """The elements of a record's body, as its type has them. Raises Unreadable."""
    match record.type:
        case RecordType.POLL:
            return adapter.split_answer(record.body, asked_of(record), source)
        case RecordType.SUBMISSION:
            return adapter.split_submission(record.body, source)
        case RecordType.IMPORT:
            return adapter.split_import(record.body, source)
        case RecordType.TIMEOUT:
            return [timeout.element(record.body, source.name)]
        case _:
            return adapter.split(record.body, source)
