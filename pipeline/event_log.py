"""The event log as commands see it: looked at from outside, corrected, opened to be read. Whichever log it is."""

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from pipeline.kafka_log.settings import KafkaSettings
from pipeline.log import Entry, LogReader
from pipeline.log_stats import PartitionStats
from pipeline.sqlite_log.access import SqliteEventLog, SqliteFiles
from schemas.record import Record

LogPlace = SqliteFiles | KafkaSettings
"""Where a log is: files of this machine, or a topic of a cluster."""


class EventLog(Protocol):
    """One log. Making it opens nothing, so it can be made while the log is away.

    Calls raise LogUnavailable where the log does not answer for the moment; the next call tries anew. They may
    come from any thread, those of `append` and `records` from one at a time.
    """

    def stats(self) -> Sequence[PartitionStats]:
        """Each partition, by number; nothing where there is no log yet. Takes nothing from its reader."""
        ...

    def records(
        self,
        partition: int,
        *,
        first: int | None = None,
        last: int | None = None,
        keys: Collection[str] | None = None,
        since_ms: int | None = None,
        until_ms: int | None = None,
    ) -> Iterator[Entry]:
        """The partition's records that match all that is given, in order, as it stood when the first was asked for.

        `first` and `last` are offsets, both included; `since_ms` is included, `until_ms` is not (UTC, ms, a
        record's own time). Memory is bounded.
        """
        ...

    def append(self, records: Sequence[Record]) -> None:
        """Append; durable at return. Raises LogFull or LogUnavailable: then nothing is known to be kept."""
        ...

    def open_reader(self) -> LogReader:
        """The consumer's way of reading, which takes over from an earlier one or shares with others."""
        ...

    def close(self) -> None:
        """Let go of files and connections; readers stay open."""
        ...


def open_event_log(place: LogPlace) -> EventLog:
    """The log at `place`."""
    if isinstance(place, SqliteFiles):
        return SqliteEventLog(place)
    # The client library is installed, and loaded, only where there is a Kafka.
    from pipeline.kafka_log.access import KafkaEventLog

    return KafkaEventLog(place)
