"""Tests of the log on Kafka, on real brokers."""

import warnings

with warnings.catch_warnings():
    # The client reads its schemas in a way that Python 3.11 calls deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    import kafka  # noqa: F401
