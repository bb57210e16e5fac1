"""Rows go in once, whole, and are what the views show."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pipeline.warehouse import Warehouse

DAY = 1_766_000_000_000
LOG = UUID(int=7)


def event_columns(count: int, **changed: Sequence[Any]) -> Mapping[str, Sequence[Any]]:
    columns: dict[str, Sequence[Any]] = {
        "home": [DAY] * count,
        "message": [(1 << 63) + n for n in range(count)],
        "identity": [(n << 64) + n for n in range(count)],
        "reading": [1] * count,
        "kind": ["report"] * count,
        "source": ["integrax-br"] * count,
        "provider": ["integrax"] * count,
        "origin": ["webhook"] * count,
        "message_id": [f"0{n}" for n in range(count)],
        "message_key": [f"0{n}" for n in range(count)],
        "recipient": ["+5511987654321"] * count,
        "sender": [""] * count,
        "status": ["delivered"] * count,
        "provider_status": ["DELIVRD"] * count,
        "error_code": ["000"] * count,
        "error_family": [""] * count,
        "error_text": ["\x00 \U0001f642 x" * 3] * count,
        "occurred_at": [DAY + n for n in range(count)],
        "received_at": [DAY + n + 1000 for n in range(count)],
        "channel": ["sms"] * count,
        "country": ["BR"] * count,
        "carrier": ["Vivo"] * count,
        "number_type": ["mobile"] * count,
        "segments": [0] * count,
        "cost": [None] * count,
        "currency": [""] * count,
        "device_id": [""] * count,
        "customer_ref": [""] * count,
        "text": [""] * count,
        "log": [LOG] * count,
        "log_partition": [0] * count,
        "log_offset": list(range(count)),
    }
    return columns | changed


def test_an_event_is_a_message_in_the_public_view(warehouse: Warehouse) -> None:
    warehouse.insert("events", event_columns(3), "a")
    rows = warehouse.query("SELECT message_id, status, is_delivered, country FROM delivrd.messages ORDER BY message_id")
    assert rows == [(f"0{n}", "delivered", True, "BR") for n in range(3)]
