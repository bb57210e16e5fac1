"""What the log and the disk say about how things stand."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.clock import Clock
from pipeline.log_stats import PartitionStats
from pipeline.settings import Folder


@dataclass(frozen=True)
class Measures:
    """Records pending in the log, the age of the oldest of them in seconds (0 without), and bytes.

    `log_bytes` is what the log takes on this machine's disk, None where it is kept elsewhere.
    """

    pending: int
    oldest_seconds: float
    log_bytes: int | None
    disk_free: int
    disk_total: int


def measure(stats: Sequence[PartitionStats], folder: Folder, clock: Clock) -> Measures:
    """What the stats of a log come to, and the disk of a data folder, which a process of a cluster need not have."""
    disk = shutil.disk_usage(next(one for one in (folder.root, *folder.root.parents) if one.exists()))
    now = clock()
    oldest = min((one.oldest_pending for one in stats if one.oldest_pending is not None), default=now)
    here = [one.disk_bytes for one in stats if one.disk_bytes is not None]
    return Measures(
        pending=sum(one.pending for one in stats),
        oldest_seconds=max(0, now - oldest) / 1000,
        log_bytes=sum(here) if here or not stats else None,
        disk_free=disk.free,
        disk_total=disk.total,
    )
