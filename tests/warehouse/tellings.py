"""Tellings as rows of the events table."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from schemas.event import Event, Kind
from schemas.identity import message_hash
from tests.model import Telling

LOG = UUID(int=7)


def message_of(event: Event) -> int:
    return message_hash(event.kind is Kind.INBOUND, event.source, event.message_key)


def event_columns(tellings: Sequence[Telling]) -> Mapping[str, Sequence[Any]]:
    columns: dict[str, Sequence[Any]] = {
        name: [getattr(told.event, name) for told in tellings] for name in Event.__struct_fields__
    }
    return columns | {
        "home": [told.home for told in tellings],
        "message": [message_of(told.event) for told in tellings],
        "reading": [told.reading for told in tellings],
        "log": [LOG] * len(tellings),
        "log_partition": [0] * len(tellings),
        "log_offset": list(range(len(tellings))),
    }
