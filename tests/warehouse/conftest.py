"""The warehouse of these tests is one server, and then again two shards."""

from tests.services import engine
from tests.services import warehouse as alone
from tests.shards import served, sharded, shards, warehouse

__all__ = ["alone", "engine", "served", "sharded", "shards", "warehouse"]
