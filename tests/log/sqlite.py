"""The SQLite log for tests."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from pipeline.sqlite_log import GroupCommit, SqliteReader, SqliteWriter
from schemas.record import Record


class SqliteLog:
    """A log in the folder `folder`, and its consumer's state."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "log.db"
        self.state_path = folder / "consumer.db"
        self._open: list[SqliteReader] = []

    def append(self, *requests: Sequence[Record]) -> None:
        """Append all requests at the same time, through one group commit."""

        async def run() -> None:
            commit = GroupCommit(SqliteWriter(self.path, reserve_bytes=0))
            try:
                await asyncio.gather(*map(commit.append, requests))
            finally:
                await commit.close()

        asyncio.run(run())

    def reader(self) -> SqliteReader:
        """Another reader, which takes over."""
        self._open.append(SqliteReader(self.path, self.state_path))
        return self._open[-1]

    def expire(self, partition: int, offset: int) -> None:
        """Prune all before `offset`, whatever its age."""
        assert partition == 0
        with closing(SqliteWriter(self.path, reserve_bytes=0)) as writer:
            while writer.prune(offset, 2**62, None):
                pass

    def close(self) -> None:
        """Let go of the readers."""
        for reader in self._open:
            reader.close()
