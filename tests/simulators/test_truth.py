"""What the stand-ins say they told is what a client heard, and it leads to the state they say."""

import json
from collections import Counter
from typing import Any

import httpx

from schemas.status import RANK, Status
from simulators.misbehaviour import Misbehaviour
from simulators.run import PROVIDERS, Simulators
from simulators.truth import Fact, How, Message, Turn, final
from tests.simulators.conftest import Inbox

MEAN = Misbehaviour(
    duplicate=0.3, reversed=0.3, clock_skew=0.2, unknown_status=0.2, truncated=0.2, server_error=0.2, html=0.1
)


def turn(status: Status, at: int = 0) -> Turn:
    return Turn(at, at, status.value, status)


def test_the_state_is_that_of_the_highest_rank_and_of_two_failures_the_later() -> None:
    assert final([]) is Status.NONE
    assert final([turn(Status.DELIVERED), turn(Status.EXPIRED, 9)]) is Status.DELIVERED
    assert final([turn(Status.FAILED, 9), turn(Status.EXPIRED, 1)]) is Status.FAILED
    assert final([turn(Status.SENT, 9), turn(Status.UNKNOWN)]) is Status.UNKNOWN


def test_facts_are_counted_and_their_times_are_as_told() -> None:
    message = Message(
        provider="x",
        message_id="1",
        number="1",
        recipient="+1",
        country="",
        carrier="",
        text="",
        accepted=0,
        skew=5_000,
        turns=(turn(Status.QUEUED), Turn(10, 12_345, "7", Status.DELIVERED)),
    )
    message.tell(message.turns[1], How.WEBHOOK, 100, timed=True)
    message.tell(message.turns[1], How.WEBHOOK, 200, timed=True)
    message.tell(message.turns[1], How.POLL, 300, timed=False)
    told = {telling.fact: (telling.first, telling.last, telling.times) for telling in message.told.values()}
    assert told == {
        Fact(How.WEBHOOK, "7", Status.DELIVERED, 17_000): (100, 200, 2),
        Fact(How.POLL, "7", Status.DELIVERED, None): (300, 300, 1),
    }
    assert (message.turn(9.9).code, message.turn(10).code) == ("queued", "7")


def heard(client: httpx.Client, simulators: Simulators, message: Message, tries: int = 30) -> str:
    """Ask about a message of Aatrox until a whole answer comes."""
    url = f"{simulators.url('aatrox')}/api/v2/sms/{message.message_id}"
    headers = {"authorization": f"Bearer {simulators.aatrox.account.token}"}
    for _ in range(tries):
        try:
            return str(client.get(url, headers=headers).raise_for_status().json()["status"])
        except (httpx.HTTPError, json.JSONDecodeError):
            continue
    raise AssertionError("never a whole answer")


def test_polls(client: httpx.Client) -> None:
    with Simulators(11, speed=5_000, misbehaviour=MEAN) as simulators:
        simulators.send({"aatrox": 60})
        simulators.quiet()
        messages = simulators.truth("aatrox").messages()
        told_before = [message.told_state() for message in messages]
        words = [heard(client, simulators, message) for message in messages]
    assert Counter(told_before)[Status.NONE] > 0
    for message, word in zip(messages, words, strict=True):
        last = message.turns[-1]
        assert word == last.code
        assert message.told_state() is message.state() is last.status
        assert sum(telling.times for telling in message.told.values() if telling.fact.how is How.POLL) == 1


def read(body: dict[str, Any]) -> tuple[str, str]:
    """The id and the code of any webhook."""
    message_id = body.get("messageId") or body.get("message_id") or body["sms_id"]
    return str(message_id), str(body.get("status_id") or body["status"])


def test_webhooks(inbox: Inbox) -> None:
    # Every other call is refused, so that what is refused is seen not to be counted.
    refused: list[bytes] = []

    def answer(count: int, body: bytes) -> int:
        if count % 2:
            return 200
        refused.append(body)
        return 500

    inbox.answer = answer
    urls = {"integrax": inbox.url, "smsgateway24": inbox.url}
    with Simulators(11, speed=5_000, misbehaviour=MEAN, webhooks=urls) as simulators:
        simulators.send({"integrax": 30, "smsgateway24": 25})
        simulators.quiet()
        messages = [m for name in urls for m in simulators.truth(name).messages()]
    assert refused
    accepted = Counter(inbox.calls)
    accepted.subtract(refused)
    came: Counter[tuple[str, str]] = Counter()
    for body, times in accepted.items():
        came[read(json.loads(body))] += times
    told: Counter[tuple[str, str]] = Counter()
    for message in messages:
        for telling in message.told.values():
            if telling.fact.how is How.WEBHOOK:
                told[message.message_id, telling.fact.code] += telling.times
    assert told == came
    assert all(m.told_state() in {m.state(), Status.NONE} for m in messages if RANK[m.state()] >= 60)


def test_the_same_truth_over_http(client: httpx.Client, inbox: Inbox) -> None:
    with Simulators(11, speed=5_000) as simulators:
        simulators.send(dict.fromkeys(PROVIDERS, 5))
        simulators.receive("integrax", 1)
        simulators.quiet()
        for name in PROVIDERS:
            served = client.get(f"{simulators.url(name)}/truth").json()
            messages = simulators.truth(name).messages()
            assert [(m["message_id"], m["recipient"], m["state"], m["told_state"]) for m in served["messages"]] == [
                (m.message_id, m.recipient, m.state(), m.told_state()) for m in messages
            ]
            assert [len(m["told"]) for m in served["messages"]] == [len(m.told) for m in messages]
            assert len(served["received"]) == (name == "integrax")
