"""How a log stands, partition by partition, as whoever looks at it from outside is told."""

from typing import NamedTuple


class PartitionStats(NamedTuple):
    """One partition. Offsets as in LogReader; `committed` is `first` where nothing was consumed yet.

    `oldest_pending` is the time (UTC, ms) of the first record that was not consumed, None without one.
    `disk_bytes` is what the log takes on this machine's disk, None where it is kept elsewhere.
    """

    log_id: str
    partition: int
    first: int
    end: int
    committed: int
    oldest_pending: int | None
    disk_bytes: int | None

    @property
    def pending(self) -> int:
        """How many records were not consumed."""
        return max(0, self.end - max(self.committed, self.first))
