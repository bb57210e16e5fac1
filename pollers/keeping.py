"""From an answer to records in the event log: whoever asked goes on when they are durable, not before."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from uuid import uuid4

import msgspec
import structlog
import tenacity

from pipeline.clock import Clock
from pipeline.log import LogFull, LogUnavailable
from pollers.answers import Answer, Question
from schemas.adapter import Adapter, Element, Source, Unreadable
from schemas.record import Record, RecordType

LONGEST_PAUSE = 5.0

log = structlog.get_logger(__name__)


class Kept(msgspec.Struct, frozen=True):
    """What an answer held: elements about something, elements that say nothing, and the reasons of unreadable ones.

    `malformed`: it was not in the format it declares, such as half an answer.
    """

    readable: int
    empty: int
    problems: Counter[str]
    malformed: bool = False

    @property
    def elements(self) -> int:
        """All of them."""
        return self.readable + self.empty + self.problems.total()


class Keeper:
    """Appends for all sources, one after the other. `append` is durable when it returns, and may block."""

    def __init__(self, append: Callable[[Sequence[Record]], None], clock: Clock) -> None:
        self._append = append
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._going: set[asyncio.Task[None]] = set()

    async def keep_answer(self, source: Source, adapter: Adapter, question: Question, answer: Answer) -> Kept:
        """Keep each element of an answer; one that cannot be read is kept whole, without a key."""
        try:
            elements = adapter.split_answer(answer.body, question.asked, source)
        except Unreadable as problem:
            elements = [Element(answer.body, None, problem)]
        except Exception as error:  # noqa: BLE001 (our mistake, whatever it is: the answer is kept until it is mended)
            log.error("adapter_failed", source=source.name, question=question.name, error=type(error).__name__)
            elements = [Element(answer.body, None, Unreadable("error", "it could not be read"))]
        await self.keep(_records(source.name, question, answer.content_type, elements, self._clock()))
        return Kept(
            readable=sum(element.key is not None for element in elements),
            empty=sum(element.key is None and element.problem is None for element in elements),
            problems=Counter(element.problem.reason for element in elements if element.problem),
            malformed=any(element.problem.malformed for element in elements if element.problem),
        )

    async def keep(self, records: Sequence[Record]) -> None:
        """Returns when all are durable, however long the log does not take them.

        What was begun goes on where the caller is cancelled: some answers are given once. See `settled`.
        """
        going = asyncio.create_task(self._append_all(records))
        self._going.add(going)
        going.add_done_callback(self._going.discard)
        await asyncio.shield(going)

    async def settled(self) -> None:
        """Returns when nothing of what was begun is left."""
        await asyncio.gather(*self._going, return_exceptions=True)

    async def _append_all(self, records: Sequence[Record]) -> None:
        async with self._one_at_a_time:
            async for attempt in tenacity.AsyncRetrying(
                retry=tenacity.retry_if_exception_type((LogFull, LogUnavailable)),
                wait=tenacity.wait_exponential_jitter(multiplier=0.1, max=LONGEST_PAUSE, jitter=0.1),
                before_sleep=_tell,
            ):
                with attempt:
                    await asyncio.to_thread(self._append, records)


def _records(source: str, question: Question, content_type: str, elements: Sequence[Element], now: int) -> list[Record]:
    request, context = uuid4().hex, msgspec.json.encode({"asked": question.asked})
    return [
        Record(
            id=f"{request}-{index}",
            source=source,
            type=RecordType.POLL,
            time=now,
            key=element.key,
            content_type=content_type,
            context=context,
            body=element.body,
        )
        for index, element in enumerate(elements)
    ]


def _tell(state: tenacity.RetryCallState) -> None:
    """Once: what lasts is said by the log's own figures."""
    error = state.outcome.exception() if state.outcome else None
    if state.attempt_number == 1:
        log.warning("answer_waits_for_the_log", reason=str(error))
