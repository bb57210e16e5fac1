"""The names of the archive's files: `<log id>/<partition>/<first>-<last>_<oldest day>_<newest day>.parquet`.

First and last are offsets, both in the file; the days (UTC) are those of its records' times. There is no other
state: how far a partition is archived is where its last file ends.
"""

import datetime as dt
import re
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

_DAY = r"(\d{4}-\d{2}-\d{2})"
_NAME = re.compile(rf"([0-9a-f-]{{36}})/(\d{{1,5}})/(\d{{20}})-(\d{{20}})_{_DAY}_{_DAY}\.parquet")


class ArchiveFile(NamedTuple):
    """One file, as its name tells. Sorted, the files of a partition are in order."""

    log_id: str
    partition: int
    first: int
    last: int
    oldest_day: dt.date
    newest_day: dt.date

    @property
    def name(self) -> str:
        """Where it stands in the archive, with `/` between its parts."""
        days = f"{self.oldest_day.isoformat()}_{self.newest_day.isoformat()}"
        return f"{self.log_id}/{self.partition}/{self.first:020}-{self.last:020}_{days}.parquet"

    def may_hold(self, since_ms: int | None, until_ms: int | None) -> bool:
        """Whether a record of it can be of that time; `since_ms` is included, `until_ms` is not (UTC, ms)."""
        begins, ends = _midnight(self.oldest_day), _midnight(self.newest_day + dt.timedelta(days=1))
        return (since_ms is None or ends > since_ms) and (until_ms is None or begins < until_ms)


def parse_name(name: str) -> ArchiveFile | None:
    """The file of that name; None for what is none of the archive's."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    log_id, partition, first, last, *days = match.groups()
    try:
        oldest, newest = map(dt.date.fromisoformat, days)
        return ArchiveFile(str(UUID(log_id)), int(partition), int(first), int(last), oldest, newest)
    except ValueError:
        return None


def file_of(log_id: str, partition: int, first: int, last: int, times_ms: Iterable[int]) -> ArchiveFile:
    """The file of that range, whose records have these times."""
    days = {dt.datetime.fromtimestamp(ms / 1000, dt.UTC).date() for ms in times_ms}
    return ArchiveFile(log_id, partition, first, last, min(days), max(days))


def _midnight(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp()) * 1000
