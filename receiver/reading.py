"""From a body to the records that are kept of it, and the answer its sender gets."""

from typing import Any

import msgspec

from receiver import answers, mistakes
from receiver.answers import Answer
from receiver.sources import IntakeSource
from schemas.adapter import Element, Unreadable
from schemas.credentials import blanked, without
from schemas.record import Record, RecordType

Told = dict[str, int | str]
"""What the sender is told about one element: its index and detail, and the reason where it could not be read."""

_encode = msgspec.json.encode


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """One request that may be kept. `noted` is what reading its body takes beside it, or says what is odd about it.

    `type` is WEBHOOK or SUBMISSION.
    """

    id: str
    type: RecordType
    source: IntakeSource
    time: int
    content_type: str
    noted: dict[str, Any]


def read(arrival: Arrival, body: bytes) -> tuple[list[Record], Answer]:
    """One record for each element of the body, and the answer. What cannot be read is a record too."""
    intake = arrival.source
    try:
        if arrival.type is RecordType.SUBMISSION:
            body = without(body, intake.hidden)
            elements = intake.adapter.split_submission(body, intake.source)
        else:
            elements = intake.adapter.split(body, intake.source)
    except Unreadable as problem:
        return unreadable(arrival, body, problem)
    except Exception as error:  # noqa: BLE001 (our mistake, whatever it is: the body is kept until it is mended)
        mistakes.tell("adapter_failed", error, source=intake.source.name, request=arrival.id)
        return unreadable(arrival, body, Unreadable("error", "It could not be read; it is kept."))
    return _sort(arrival, elements or [Element(body, None)])


def unreadable(arrival: Arrival, body: bytes, problem: Unreadable) -> tuple[list[Record], Answer]:
    """The whole body as records without a key. The answer is 400 where it is malformed, else 202."""
    if arrival.type is RecordType.SUBMISSION:
        body = blanked(without(body, arrival.source.hidden))
    records = [_keyless(arrival, 0, body)]
    if problem.malformed:
        return records, answers.problem(400, problem.detail, reason=problem.reason, request=arrival.id)
    return records, _partly(arrival, 0, [_told(0, problem)], [])


def _sort(arrival: Arrival, elements: list[Element]) -> tuple[list[Record], Answer]:
    name = arrival.source.source.name
    context = _context(arrival.noted)
    records: list[Record] = []
    problems: list[Told] = []
    notices: list[Told] = []
    for index, element in enumerate(elements):
        if element.problem is not None:
            problems.append(_told(index, element.problem))
            records.append(_keyless(arrival, index, element.body))
            continue
        if element.notice:
            notices.append({"index": index, "detail": element.notice})
        records.append(
            Record(
                id=f"{arrival.id}-{index}",
                source=name,
                type=arrival.type,
                time=arrival.time,
                key=element.key,
                content_type=arrival.content_type,
                context=context,
                body=element.body,
            )
        )
    if problems or notices:
        return records, _partly(arrival, len(elements) - len(problems), problems, notices)
    return records, answers.ACCEPTED


def _keyless(arrival: Arrival, index: int, body: bytes) -> Record:
    """What cannot be read, whole: it may be a list of good reports that one day can."""
    return Record(
        id=f"{arrival.id}-{index}",
        source=arrival.source.source.name,
        type=arrival.type,
        time=arrival.time,
        key=None,
        content_type=arrival.content_type,
        context=_context(arrival.noted),
        body=body,
    )


def _partly(arrival: Arrival, accepted: int, problems: list[Told], notices: list[Told]) -> Answer:
    content = {"status": "kept", "accepted": accepted, "request": arrival.id}
    return answers.say(202, content | {"unreadable": problems, "notices": notices})


def _told(index: int, problem: Unreadable) -> Told:
    return {"index": index, "reason": problem.reason, "detail": problem.detail}


def _context(noted: dict[str, Any]) -> bytes:
    return _encode(noted) if noted else b""
