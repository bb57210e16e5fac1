"""The event log on SQLite: one file that is appended to, and a second one for how far it was consumed."""

from pipeline.log import LogUnusable
from pipeline.sqlite_log.group_commit import GroupCommit
from pipeline.sqlite_log.looking import LogStats, log_stats, records_of
from pipeline.sqlite_log.reader import SqliteReader
from pipeline.sqlite_log.retention import Keep, keep_pruned
from pipeline.sqlite_log.rewriting import rewrite
from pipeline.sqlite_log.state import read_state
from pipeline.sqlite_log.writer import SqliteWriter

__all__ = [
    "GroupCommit",
    "Keep",
    "LogStats",
    "LogUnusable",
    "SqliteReader",
    "SqliteWriter",
    "keep_pruned",
    "log_stats",
    "read_state",
    "records_of",
    "rewrite",
]
