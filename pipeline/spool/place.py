"""Where the spool is, and how it stands."""

from pathlib import Path
from typing import NamedTuple

import msgspec

from pipeline.settings import Settings
from pipeline.spool.refused import count_refused
from pipeline.sqlite_log import log_stats


class SpoolPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A folder with the spool's files, how large (bytes) the spool may grow, and what it leaves free on the disk."""

    folder: Path
    max_bytes: int
    reserve_bytes: int

    @property
    def log(self) -> Path:
        """The records that wait for Kafka, in a log of the kind that serves without Kafka."""
        return self.folder / "spool.db"

    @property
    def state(self) -> Path:
        """How far Kafka has acknowledged them."""
        return self.folder / "spool-drained.db"

    @property
    def refused(self) -> Path:
        """What Kafka will never take."""
        return self.folder / "spool-refused.jsonl"


def spool_place(settings: Settings) -> SpoolPlace:
    """Where the settings have it."""
    return SpoolPlace(
        folder=settings.folder.spool, max_bytes=settings.spool.max_bytes, reserve_bytes=settings.log.reserve_bytes
    )


class SpoolStats(NamedTuple):
    """How many records wait, the first one's time (UTC, ms; None without), and how full the spool is, from 0 to 1.

    `refused` is how many records were set aside.
    """

    records: int
    oldest: int | None
    share: float
    refused: int


def spool_stats(place: SpoolPlace) -> SpoolStats:
    """How the spool stands; for any process. Raises LogUnavailable, LogUnusable, OSError."""
    found = log_stats(place.log, place.state)
    refused = count_refused(place.refused)
    if found is None:
        return SpoolStats(0, None, 0.0, refused)
    # The log's own file: the limit is on it alone, and what its journal keeps of room says nothing.
    share = min(1.0, place.log.stat().st_size / place.max_bytes)
    return SpoolStats(found.pending, found.oldest_pending, share, refused)
