"""Where one source is asked: a question goes to its provider, and the answer into the log, before anything else."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple, Protocol

import msgspec
import structlog
import tenacity

from pipeline.clock import Clock
from pollers.answers import Answer, NotAnswered, Question, TooMuch
from pollers.http import Http
from pollers.keeping import Keeper, Kept
from pollers.open_messages import Ledger
from pollers.pace import Paces
from pollers.state import State
from schemas.adapter import Adapter, Source

LONGEST_PAUSE = 60.0
SAID_AT = 3
"""So many failures in a row of the same question are worth a line in the log."""

Told = Callable[[str, Question, Kept | NotAnswered], None]
"""Called with the source after each question: what was found, or why there was no answer."""

log = structlog.get_logger(__name__)


class Provider(Protocol):
    """How one provider's API is spoken to."""

    async def send(self, http: Http, question: Question) -> Answer:
        """The answer that is to be kept. Raises NotAnswered, LoginRefused."""
        ...


class Found(NamedTuple):
    """An answer that the log has."""

    body: bytes
    kept: Kept


class Tools(msgspec.Struct, frozen=True):
    """What all sources share. `ledger` is the way to the warehouse; `paces` outlive the rest. A question is tried
    `attempts` times before it is given up, None: for ever.
    """

    keeper: Keeper
    state: State
    ledger: Ledger
    told: Told
    clock: Clock
    paces: Paces
    attempts: int | None = None


class Desk:
    """Asks one source."""

    def __init__(self, source: Source, adapter: Adapter, provider: Provider, http: Http, tools: Tools) -> None:
        self.source = source
        self.state = tools.state
        self.clock = tools.clock
        self._adapter = adapter
        self._provider = provider
        self._http = http
        self._keeper = tools.keeper
        self._told = tools.told
        self._attempts = tools.attempts
        self._failures: Counter[str] = Counter()

    async def ask(self, question: Question) -> Found:
        """Ask once. Raises NotAnswered (TooMuch where less may have to be asked), LoginRefused."""
        try:
            self.state.note_question(self.source.name, self.clock())
            answer = await self._provider.send(self._http, question)
            kept = await self._keeper.keep_answer(self.source, self._adapter, question, answer)
            if kept.malformed:
                raise TooMuch("malformed", "the answer is not in its format, or not whole; it is a dead letter")
        except NotAnswered as error:
            self._failed(question, error)
            self._told(self.source.name, question, error)
            raise
        self._answered(question)
        self._told(self.source.name, question, kept)
        return Found(answer.body, kept)

    @property
    def patient(self) -> bool:
        """Whether a question is asked for as long as it takes."""
        return self._attempts is None

    async def insist(self, question: Question, *, too_much: bool = True) -> Found:
        """Ask until there is an answer. Raises LoginRefused, and NotAnswered after the last attempt.

        With `too_much` False, TooMuch is raised at once: the question can be made smaller.
        """
        stop = tenacity.stop_after_attempt(self._attempts) if self._attempts else tenacity.stop_never
        again = tenacity.retry_if_exception(
            lambda error: isinstance(error, NotAnswered) and (too_much or not isinstance(error, TooMuch))
        )
        async for attempt in tenacity.AsyncRetrying(
            retry=again,
            wait=tenacity.wait_random_exponential(multiplier=0.2, max=LONGEST_PAUSE),
            stop=stop,
            reraise=True,
        ):
            with attempt:
                return await self.ask(question)
        raise AssertionError("tenacity ends with an answer or an exception")

    def _answered(self, question: Question) -> None:
        self.state.note_answer(self.source.name, self.clock())
        if self._failures.pop(question.subject, 0) >= SAID_AT:
            self.state.note_mended(self.source.name, question.subject)
            log.info("answers_again", source=self.source.name, question=question.subject)

    def _failed(self, question: Question, error: NotAnswered) -> None:
        self._failures[question.subject] += 1
        if self._failures[question.subject] == SAID_AT:
            if self.patient:
                self.state.note_failing(self.source.name, question.subject, self.clock(), str(error))
            log.warning("does_not_answer", source=self.source.name, question=question.subject, reason=str(error))
