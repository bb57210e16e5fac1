"""What the log and the disk say about how things stand."""

import shutil
from dataclasses import dataclass

from pipeline.clock import Clock
from pipeline.settings import Folder
from pipeline.sqlite_log import log_stats


@dataclass(frozen=True)
class Measures:
    """Records pending in the log, the age of the oldest of them in seconds (0 without), and bytes."""

    pending: int
    oldest_seconds: float
    log_bytes: int
    disk_free: int
    disk_total: int


def measure(folder: Folder, clock: Clock) -> Measures:
    """Look at a data folder. Raises LogUnavailable, LogUnusable."""
    stats = log_stats(folder.log, folder.state)
    disk = shutil.disk_usage(folder.root)
    if stats is None:
        return Measures(0, 0, 0, disk.free, disk.total)
    oldest = 0.0 if stats.oldest_pending is None else max(0, clock() - stats.oldest_pending) / 1000
    return Measures(stats.pending, oldest, stats.disk_bytes, disk.free, disk.total)
