"""What the console's pages have done, by the functions that the commands call."""

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from console.acts import Refusal
from console.acts.messages import DeadDone
from consumers.dead import DeadLetter, find
from delivrd import dead_letters
from delivrd.errors import Trouble
from delivrd.explaining import explained
from delivrd.parts import store
from pipeline.event_log import EventLog
from pipeline.log import LogFull, LogUnavailable, LogUnusable
from pipeline.settings import Settings

WAIT_SECONDS = 10


class Present:
    """The settings as they were last read."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings


class Deeds:
    """One at a time: the log is read and appended to by one thread at a time."""

    def __init__(self, present: Present, log: EventLog) -> None:
        self._present = present
        self._log = log
        self._store = store(present.settings)
        self._turn = threading.Lock()

    def explain(self, asked: str, limit: int, offset: int) -> Sequence[Mapping[str, Any]]:
        """See console.acts.messages."""
        with self._at_it():
            found = explained(self._present.settings, self._store, self._log, asked, limit, offset)
        described: list[Mapping[str, Any]] = msgspec.to_builtins(found)
        return described

    def state_of(self, message_id: str) -> str:
        """The state of a message; empty where nothing is known of it."""
        with self._at_it():
            found = explained(self._present.settings, self._store, self._log, message_id, 1)
        return found[0].state if found else ""

    def replay(self, ids: Sequence[str], reason: str, source: str) -> DeadDone:
        """See console.acts.messages."""
        with self._at_it():
            letters = self._open_letters(ids, reason, source)
            done = dead_letters.replay(self._present.settings, self._log, letters, lambda _: None, WAIT_SECONDS)
        problems = [(one.letter.id, one.problem) for one in done.unreadable]
        return DeadDone(len(done.readable), done.records, problems, done.consumed)

    def discard(self, ids: Sequence[str], reason: str, source: str) -> DeadDone:
        """See console.acts.messages."""
        with self._at_it():
            done = dead_letters.discard(self._log, self._open_letters(ids, reason, source), WAIT_SECONDS)
        return DeadDone(done.letters, done.letters, (), done.consumed)

    def _open_letters(self, ids: Sequence[str], reason: str, source: str) -> list[DeadLetter]:
        if not (ids or reason or source):
            raise Refusal("Say which dead letters are meant.")
        found = find(self._store, ids, reason=reason, source=source, state="open")
        if not found:
            raise Refusal("None of these is open any more.")
        return found

    @contextlib.contextmanager
    def _at_it(self) -> Iterator[None]:
        with self._turn:
            try:
                yield
            except (LogFull, LogUnavailable, LogUnusable, Trouble) as error:
                raise Refusal(str(error)) from None
