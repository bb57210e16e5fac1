"""An answer is in the log before the next question, however long the log does not take it."""

import asyncio
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from pipeline.clock import now_ms
from pipeline.log import LogFull, LogUnavailable
from pollers.answers import Answer, NotAnswered, Question
from pollers.keeping import Keeper
from schemas.adapter import Source
from schemas.providers import adapters
from schemas.record import Record
from tests.pollers.clock import Clock
from tests.pollers.desks import Installed

SOURCE = Source("sydney", "aatrox")
ABOUT_7 = Question("sms", {"id": "7"})


def answer(body: bytes) -> Answer:
    return Answer(200, body, "application/json")


async def test_the_next_question_is_asked_when_the_log_has_the_answer(tmp_path: Path) -> None:
    with closing(Installed(tmp_path, Clock())) as installed:

        async def send(question: Question) -> Answer:
            # What was answered before is durable by now.
            assert len(installed.records()) == int(question.parameters["id"])
            return answer(b'{"status": "sent", "to_addr": "61400000000"}')

        desk = installed.desk("aatrox", send)
        for number in range(5):
            await desk.ask(Question("sms", {"id": str(number)}))


async def test_a_record_has_the_answer_as_it_came_and_what_was_asked(tmp_path: Path) -> None:
    body = b' {"status" : "delivered", "to_addr":"61400000000" ,"more": [1.0] } '
    with closing(Installed(tmp_path, Clock())) as installed:
        await installed.tools().keeper.keep_answer(SOURCE, adapters["aatrox"], ABOUT_7, answer(body))
        [record] = installed.records()
    assert record.body == body
    assert record.key == "sydney/7"
    assert msgspec.json.decode(record.context) == {"asked": {"question": "sms", "id": "7"}}
    assert record.time == installed.clock()


async def test_what_cannot_be_read_is_kept_whole(tmp_path: Path) -> None:
    with closing(Installed(tmp_path, Clock())) as installed:
        keeper = installed.tools().keeper
        kept = await keeper.keep_answer(SOURCE, adapters["aatrox"], ABOUT_7, answer(b'{"status": "deli'))
        assert (kept.malformed, dict(kept.problems)) == (True, {"not_json": 1})
        kept = await keeper.keep_answer(SOURCE, adapters["aatrox"], ABOUT_7, answer(b'{"hello": 1}'))
        assert (kept.malformed, dict(kept.problems)) == (False, {"unknown_shape": 1})
        assert [(record.key, record.body) for record in installed.records()] == [
            (None, b'{"status": "deli'),
            (None, b'{"hello": 1}'),
        ]


async def test_a_log_that_takes_nothing_is_waited_for() -> None:
    taken: list[Record] = []
    troubles = iter([LogFull("the disk is full"), LogUnavailable("away"), LogUnavailable("away")])

    def append(records: Sequence[Record]) -> None:
        for trouble in troubles:
            raise trouble
        taken.extend(records)

    keeper = Keeper(append, now_ms)
    with capture_logs() as lines:
        await asyncio.gather(
            *(keeper.keep_answer(SOURCE, adapters["aatrox"], ABOUT_7, answer(b'{"status": "sent"}')) for _ in range(2))
        )
    assert len(taken) == 2
    assert [line["event"] for line in lines] == ["answer_waits_for_the_log"]


async def test_an_answer_in_hand_is_kept_where_whoever_asked_is_cancelled() -> None:
    taken: list[Record] = []
    begun, free = threading.Event(), threading.Event()

    def append(records: Sequence[Record]) -> None:
        begun.set()
        free.wait()
        taken.extend(records)

    keeper = Keeper(append, now_ms)
    asking = [
        asyncio.create_task(keeper.keep_answer(SOURCE, adapters["aatrox"], ABOUT_7, answer(b'{"status": "sent"}')))
        for _ in range(2)
    ]
    await asyncio.to_thread(begun.wait)
    for task in asking:
        task.cancel()
    await asyncio.wait(asking)
    free.set()
    await keeper.settled()
    assert len(taken) == 2


async def test_a_question_that_is_never_answered_is_said_beside_others_that_are(tmp_path: Path) -> None:
    async def send(question: Question) -> Answer:
        if question.name == "receive":
            raise NotAnswered("status", "answered 404")
        return answer(b'{"status": "sent", "to_addr": "61400000000"}')

    with closing(Installed(tmp_path, Clock())) as installed, capture_logs() as lines:
        desk = installed.desk("aatrox", send)
        for _ in range(5):
            await desk.ask(ABOUT_7)
            with pytest.raises(NotAnswered):
                await desk.ask(Question("receive", {"number": "61480000000"}))
    assert [(line["event"], line["question"]) for line in lines] == [("does_not_answer", "receive")]
    assert "61480000000" not in str(lines)
