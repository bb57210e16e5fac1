from tests.services import warehouse

__all__ = ["warehouse"]
