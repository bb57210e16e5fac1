from tests.kafka.conftest import broker
from tests.services import engine

__all__ = ["broker", "engine"]
