from tests.services import engine, warehouse
from tests.shards import sharded, shards

__all__ = ["engine", "sharded", "shards", "warehouse"]
