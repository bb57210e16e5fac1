from tests.services import engine, warehouse

__all__ = ["engine", "warehouse"]
