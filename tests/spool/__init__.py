"""Tests of the spool, on a real broker."""

import tests.kafka  # noqa: F401 - imports the client library as it wants to be imported
