"""The spool: this machine's disk takes the records while Kafka does not, and gives them to Kafka when it does."""

from pipeline.spool.place import SpoolPlace, SpoolStats, spool_stats
from pipeline.spool.refused import Refused, read_refused
from pipeline.spool.spool import Spool, open_appender

__all__ = ["Refused", "Spool", "SpoolPlace", "SpoolStats", "open_appender", "read_refused", "spool_stats"]
