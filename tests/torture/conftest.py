from tests.services import engine
from tests.shards import served, shards, warehouse

__all__ = ["engine", "served", "shards", "warehouse"]
