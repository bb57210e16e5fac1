from tests.services import warehouse
from tests.shards import warehouse as either

__all__ = ["either", "warehouse"]
