"""What outlives the poller: what was asked when, and how far lists were read. One small file in the data folder.

It is written after the event log has an answer, so that whatever is lost here is asked again and never skipped.
"""

import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

_MAKE = """
CREATE TABLE IF NOT EXISTS asked (source TEXT, id TEXT, at INTEGER, PRIMARY KEY (source, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reached (source TEXT PRIMARY KEY, at INTEGER, span INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sources (
    source TEXT PRIMARY KEY, asked INTEGER, answered INTEGER, stopped TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failing (
    source TEXT, subject TEXT, since INTEGER, reason TEXT, PRIMARY KEY (source, subject)
) WITHOUT ROWID;
"""
_NOTE_ASKED = """
INSERT INTO sources (source, asked) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET asked = excluded.asked
"""
_NOTE_ANSWERED = """
INSERT INTO sources (source, answered) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET answered = excluded.answered
"""
_NOTE_STOPPED = """
INSERT INTO sources (source, stopped) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET stopped = excluded.stopped
"""


class StateUnusable(Exception):
    """The file cannot be used. The text says what to do."""


class Reached(NamedTuple):
    """How far (UTC, ms) a source's list was read, and the span (ms) of the next window."""

    at: int
    span: int


class Failing(NamedTuple):
    """A question that is not answered, since when (UTC, ms) that is known, and why."""

    subject: str
    since: int
    reason: str


class Standing(NamedTuple):
    """When a source was last asked, and last answered (UTC, ms; None: never), and why it is asked no more.

    `failing` are those of its questions that have had no answer several times in a row.
    """

    source: str
    asked: int | None
    answered: int | None
    stopped: str
    failing: tuple[Failing, ...] = ()


class State:
    """The file, for one process that polls. Raises StateUnusable."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            # Not synced at each write: what a power cut takes from it is asked again.
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_MAKE}")
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def asked(self, source: str) -> dict[str, int]:
        """When each id of a source was asked about last."""
        return dict(self._do("SELECT id, at FROM asked WHERE source = ?", source))

    def note_asked(self, source: str, message_id: str, at: int) -> None:
        """An id was asked about."""
        self._do("INSERT OR REPLACE INTO asked VALUES (?, ?, ?)", source, message_id, at)

    def forget(self, source: str, before: int) -> None:
        """Drop what was asked about before a time."""
        self._do("DELETE FROM asked WHERE source = ? AND at < ?", source, before)

    def reached(self, source: str) -> Reached | None:
        """How far the list was read; None where it never was."""
        rows = self._do("SELECT at, span FROM reached WHERE source = ?", source)
        return Reached(*rows[0]) if rows else None

    def note_reached(self, source: str, reached: Reached) -> None:
        """The list was read so far."""
        self._do("INSERT OR REPLACE INTO reached VALUES (?, ?, ?)", source, *reached)

    def note_question(self, source: str, at: int) -> None:
        """The source was asked something."""
        self._do(_NOTE_ASKED, source, at)

    def note_answer(self, source: str, at: int) -> None:
        """The source answered, and the log has it."""
        self._do(_NOTE_ANSWERED, source, at)

    def note_begun(self, source: str) -> None:
        """The source is asked, and how its questions fare is yet to be seen."""
        self._do(_NOTE_STOPPED, source, "")
        self._do("DELETE FROM failing WHERE source = ?", source)

    def note_stopped(self, source: str, reason: str) -> None:
        """The source is asked no more."""
        self._do(_NOTE_STOPPED, source, reason)

    def note_failing(self, source: str, subject: str, at: int, reason: str) -> None:
        """A question is not answered."""
        self._do("INSERT OR REPLACE INTO failing VALUES (?, ?, ?, ?)", source, subject, at, reason)

    def note_mended(self, source: str, subject: str) -> None:
        """It is answered again."""
        self._do("DELETE FROM failing WHERE source = ? AND subject = ?", source, subject)

    def standings(self) -> list[Standing]:
        """How each source stands."""
        failing = self._do("SELECT source, subject, since, reason FROM failing ORDER BY subject")
        return [
            Standing(source, asked, answered, stopped, tuple(Failing(*one) for of, *one in failing if of == source))
            for source, asked, answered, stopped in self._do(
                "SELECT source, asked, answered, stopped FROM sources ORDER BY source"
            )
        ]

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _do(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def _unusable(self, error: sqlite3.Error) -> StateUnusable:
        return StateUnusable(
            f"{self._path} cannot be used ({error}). Where the disk has room, move it away and start again: "
            "what is open is asked anew"
        )


def read_standings(path: Path) -> list[Standing]:
    """How the sources of a state file stand; none where there is no file. Raises StateUnusable."""
    if not path.exists():
        return []
    state = State(path)
    try:
        return state.standings()
    finally:
        state.close()
