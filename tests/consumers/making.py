"""Records and normalized items for the tests of this folder."""

from consumers.normalize import Normalized, Position, normalize
from pipeline.log import Entry
from schemas.adapter import Source
from schemas.providers import adapters
from schemas.record import Record, RecordType

LOG = "00000000-0000-4000-8000-000000000001"
SOURCES = {"integrax-br": Source("integrax-br", "integrax", region="BR")}
NOON = 1_790_000_000_000
DAY = 86_400_000


def record(body: bytes, time: int = NOON, *, key: str | None = "integrax-br/m", replay_of: str = "") -> Record:
    """A webhook record of the Integrax source."""
    return Record(f"r{time}", "integrax-br", RecordType.WEBHOOK, time, key, "application/json", b"", body, replay_of)


def report(message_id: str = "m", status: str = "DELIVRD", at: str = "2026-09-21T12:00:00Z") -> bytes:
    """An Integrax report as it is posted."""
    stamp = f',"timestamp":"{at}"' if at else ""
    return f'{{"messageId":"{message_id}","phone":"5511999999999","status":"{status}"{stamp}}}'.encode()


def item(made: Record, offset: int) -> Normalized:
    """The record at an offset, normalized."""
    return normalize(Entry(offset, made), LOG, 0, SOURCES, adapters)


def here(offset: int) -> Position:
    """A position in the tests' log."""
    return Position(LOG, 0, offset)
