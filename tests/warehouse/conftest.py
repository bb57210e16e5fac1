"""The warehouse of these tests is one server, and then again two shards."""

from tests.services import warehouse as alone
from tests.shards import sharded, warehouse

__all__ = ["alone", "sharded", "warehouse"]
