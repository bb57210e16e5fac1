"""The warehouse for people, and its tables brought up to date."""

from delivrd.parts import store_client
from pipeline.settings import Settings
from pipeline.warehouse import Warehouse
from pipeline.warehouse.migrations import apply_retention, migrate


def reader(settings: Settings) -> Warehouse:
    """A client for people: the public views, read only."""
    warehouse = settings.warehouse
    return Warehouse(warehouse.servers, warehouse.reader_user, warehouse.reader_password)


def prepare(settings: Settings) -> list[int]:
    """Bring the tables up to date; the migrations that were applied. Raises Retry, Setup."""
    with store_client(settings) as store:
        applied = migrate(store)
        apply_retention(store, settings.warehouse.keep_days)
    return applied
