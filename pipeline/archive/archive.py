"""Writing, reading and replacing the files of the archive.

The warehouse's engine makes and reads Parquet, so that no library for it has to be installed beside it.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pipeline.archive.files import ArchiveFile, file_of
from pipeline.archive.listing import Files, list_files
from pipeline.archive.target import Target
from pipeline.log import Entry
from pipeline.sqlfiles import load_sql
from pipeline.warehouse.client import Parquet, Warehouse
from schemas.record import Record

_COLUMNS = (
    "log UUID, partition UInt16, offset UInt64, id String, source String, type String, time DateTime64(3), "
    "key Nullable(String), content_type String, context String, body String, replay_of String"
)


class Archive:
    """The files at `target`. `warehouse` is any way to the warehouse: none of its tables is touched.

    Calls raise ArchiveUnavailable, and the warehouse's Retry and Setup.
    """

    def __init__(self, target: Target, warehouse: Warehouse) -> None:
        self._target = target
        self._warehouse = warehouse

    def files(self) -> Files:
        """As `list_files` says."""
        return list_files(self._target)

    def tidy(self) -> None:
        """As Target says."""
        self._target.tidy()

    def write(self, log_id: str, partition: int, entries: Sequence[Entry]) -> ArchiveFile:
        """Put records, in order and at least one, into a file of their own; durable at return."""
        first, last = entries[0].offset, entries[-1].offset
        file = file_of(log_id, partition, first, last, (entry.record.time for entry in entries))
        self.replace(file, entries)
        return file

    def read(self, file: ArchiveFile) -> list[Entry]:
        """The records of a file, in order."""
        sent = {"records": (_COLUMNS, Parquet(self._target.get(file.name)))}
        rows = self._warehouse.query(load_sql("archive/read"), external=sent)
        return [
            Entry(
                offset,
                Record(id_, source, type_, time, key, kind, bytes.fromhex(context), bytes.fromhex(body), replay_of),
            )
            for offset, id_, source, type_, time, key, kind, context, body, replay_of in rows
        ]

    def replace(self, file: ArchiveFile, entries: Sequence[Entry]) -> None:
        """Write a file anew, with other records in the same place; whoever reads sees the old ones or the new."""
        records = [entry.record for entry in entries]
        count = len(records)
        columns: tuple[Sequence[Any], ...] = (
            [UUID(file.log_id)] * count,
            [file.partition] * count,
            [entry.offset for entry in entries],
            *([getattr(record, name) for record in records] for name in Record.__struct_fields__),
        )
        sent = {"records": (_COLUMNS, columns)}
        self._target.put(file.name, self._warehouse.raw(load_sql("archive/write"), "Parquet", external=sent))
