"""How far the log was consumed: a file of its own, so that the consumer never waits for the intake's writer."""

from contextlib import closing
from pathlib import Path

from pipeline.log import Commit, Revoked
from pipeline.sqlite_log import statements
from pipeline.sqlite_log.files import open_state
from pipeline.sqlite_log.handle import Handle

MAX_NOTE = 1024
"""In bytes of UTF-8, as with every log."""


class ReaderState:
    """What one reader keeps of one log. Opening it takes the partition from whoever had it."""

    def __init__(self, path: Path, log_id: str, partition: int) -> None:
        self._handle = Handle(path, open_state)
        self._log_id = log_id
        self._partition = partition
        with self._handle.use() as connection:
            self._generation: int = connection.execute(statements.TAKE, (partition,)).fetchone()[0]

    def committed(self) -> Commit | None:
        """What was kept for this log, None if nothing was."""
        with self._handle.use() as connection:
            row = connection.execute(statements.POSITION, (self._partition, self._log_id)).fetchone()
        return None if row is None else Commit(*row)

    def commit(self, offset: int, note: str) -> None:
        """Keep it, durably. Raises Revoked where another reader has taken the partition."""
        values = (self._log_id, offset, note, self._partition, self._generation)
        with self._handle.use() as connection:
            kept = connection.execute(statements.COMMIT, values).rowcount
        if not kept:
            raise Revoked(f"partition {self._partition} belongs to another reader now")

    def close(self) -> None:
        """Let go of the file."""
        self._handle.close()


def read_state(state_path: Path, log_id: str) -> Commit:
    """What the consumer of the log `log_id` committed last; offset 0 and an empty note if it never did.

    The id guards the log: an offset that was kept for another log says nothing about what of this one was
    consumed. For whoever is not the reader; takes nothing from it.
    """
    if not state_path.exists():
        return Commit(0, "")
    with closing(Handle(state_path, open_state)) as handle, handle.use() as connection:
        row = connection.execute(statements.POSITION, (0, log_id)).fetchone()
    return Commit(0, "") if row is None else Commit(*row)
