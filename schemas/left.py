"""The record that stands in place of one about somebody who was forgotten: what is left of it, read back as it was."""

import msgspec

from schemas.event import Event
from schemas.forgotten import PREFIX
from schemas.record import Record, RecordType

_encode = msgspec.json.encode


class Left(msgspec.Struct, frozen=True):
    """What is left of a record: its event, and the hashes of the message as the provider named it."""

    event: Event
    message: int
    id_hash: int


class _Body(msgspec.Struct):
    """128 bits are more than a number of JSON."""

    event: dict[str, object]
    identity: str
    message: str
    id_hash: str


_body = msgspec.json.Decoder(_Body)


def record_of(record: Record, left: Left | None) -> Record:
    """The record that stands in place of one about somebody on the list, with its time. None: nothing is left."""
    # A time-out's id is made of the message's key, which may hold the number.
    id_ = f"{PREFIX}{record.time}" if record.type == RecordType.TIMEOUT else record.id
    common = {"type": RecordType.FORGOTTEN, "id": id_, "context": b""}
    if left is None:
        return msgspec.structs.replace(record, **common, key=None, content_type="", body=b"")
    event = msgspec.to_builtins(left.event)
    body = _Body(event, f"{event.pop('identity'):032x}", f"{left.message:016x}", f"{left.id_hash:016x}")
    key = f"{record.source}/{left.event.message_id}"
    return msgspec.structs.replace(record, **common, key=key, content_type="application/json", body=_encode(body))


def read(record: Record) -> Left | None:
    """What is left of a record of this type."""
    if not record.body:
        return None
    body = _body.decode(record.body)
    event = msgspec.convert({**body.event, "identity": int(body.identity, 16)}, Event)
    return Left(event, int(body.message, 16), int(body.id_hash, 16))
