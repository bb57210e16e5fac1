from tests.shards import warehouse

__all__ = ["warehouse"]
