"""The warehouse: a ClickHouse server, whichever it is, reached over HTTP.

`client.Warehouse` asks and inserts, `errors` are its three kinds of failure, `migrations` brings the schema up to
date, `shards` lays them over a cluster, `reports` runs what `sql/reports` holds.
"""

from pipeline.warehouse.client import Warehouse
from pipeline.warehouse.errors import Refused, Retry, Setup, WarehouseError

__all__ = ["Refused", "Retry", "Setup", "Warehouse", "WarehouseError"]
