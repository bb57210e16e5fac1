"""The warehouse as its two users see it."""

from pipeline.settings import Settings
from pipeline.warehouse import Warehouse
from pipeline.warehouse.migrations import STORE, apply_retention, migrate

_LOOPBACK = "127.0.0.1"


def reader(settings: Settings) -> Warehouse:
    """For people: the public views, read only."""
    warehouse = settings.warehouse
    return Warehouse(_LOOPBACK, warehouse.http_port, "reader", warehouse.reader_password)


def writer(settings: Settings) -> Warehouse:
    """For the consumer: the storage tables."""
    warehouse = settings.warehouse
    return Warehouse(_LOOPBACK, warehouse.http_port, "writer", warehouse.writer_password, database=STORE)


def prepare(settings: Settings) -> list[int]:
    """Bring the tables up to date; the migrations that were applied. Raises Retry, Setup."""
    warehouse = writer(settings)
    try:
        applied = migrate(warehouse)
        apply_retention(warehouse, settings.warehouse.keep_days)
    finally:
        warehouse.close()
    return applied
