"""The archive: what was consumed of the event log, for years, in Parquet files that anybody can read.

`files` are their names, which tell all there is to know of the archive; `folder` and `bucket` are where they can stand;
`archive` writes, reads and replaces them; `filling` moves what has come of age from the log there.
"""

from pipeline.archive.archive import Archive
from pipeline.archive.files import ArchiveFile
from pipeline.archive.target import ArchiveUnavailable, Target, open_target

__all__ = ["Archive", "ArchiveFile", "ArchiveUnavailable", "Target", "open_target"]
