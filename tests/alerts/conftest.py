from tests.services import warehouse
from tests.shards import sharded

__all__ = ["sharded", "warehouse"]
