"""Tests of the log on Kafka, on real brokers."""
