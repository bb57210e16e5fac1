"""The event log on Kafka: records as CloudEvents in binary mode, keyed by message."""
