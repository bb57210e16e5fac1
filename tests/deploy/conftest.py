from tests.kafka.conftest import broker

__all__ = ["broker"]
