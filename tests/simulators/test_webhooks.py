from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from simulators.clock import Clock
from simulators.dice import Dice
from simulators.integrax import Account
from simulators.misbehaviour import Misbehaviour
from simulators.run import Simulators
from simulators.truth import How, Message
from simulators.webhooks import Call, WebhookCaller
from tests.simulators.conftest import Inbox


@pytest.fixture
def simulators(inbox: Inbox) -> Iterator[Simulators]:
    urls = {"integrax": inbox.url, "smsgateway24": inbox.url}
    with Simulators(5, speed=5_000, webhooks=urls, integrax_account=Account("right", forms=("seed",))) as simulators:
        yield simulators


def by_webhook(message: Message) -> list[Any]:
    return [telling for telling in message.told.values() if telling.fact.how is How.WEBHOOK]


def test_a_webhook_is_called_until_it_gets_a_2xx(simulators: Simulators, inbox: Inbox) -> None:
    inbox.answer = lambda count, body: (500, 301, 404, 503, 202)[min(count, 5) - 1]
    simulators.receive("integrax", 1)
    simulators.quiet()
    assert len(inbox.calls) == 5
    assert len(set(inbox.calls)) == 1
    [received] = simulators.truth("integrax").received()
    assert received.told == {How.WEBHOOK: 1}


def test_what_was_not_acknowledged_was_not_told(simulators: Simulators, inbox: Inbox) -> None:
    inbox.answer = lambda count, body: 503
    simulators.receive("integrax", 1)
    inbox.wait_for(3)
    assert simulators.truth("integrax").received()[0].told == {}
    with pytest.raises(TimeoutError, match="1 webhooks"):
        simulators.quiet(0.05)


def test_a_webhook_that_cannot_be_reached_is_called_again(simulators: Simulators, inbox: Inbox) -> None:
    simulators.stands["integrax"].webhook_url = "http://127.0.0.1:1/nobody"
    simulators.receive("integrax", 1)
    with pytest.raises(TimeoutError):
        simulators.quiet(0.05)
    simulators.stands["integrax"].webhook_url = inbox.url
    simulators.quiet()
    assert len(inbox.calls) == 1


async def test_pauses_double_up_to_a_limit(inbox: Inbox) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    inbox.answer = lambda count, body: 200 if count == 12 else 500
    caller = WebhookCaller(Clock(sleep=sleep), Dice(1))
    told: list[bool] = []
    caller.plan("x", lambda: inbox.url, [Call(5_000, b"{}", lambda: told.append(True))], Misbehaviour())
    await caller.quiet()
    await caller.close()
    assert told == [True]
    # Give or take a half of each: 1, 2, 4 ... seconds, and never more than five minutes.
    assert 0 < slept[0] <= 5
    assert len(slept) == 12
    assert all(0.5 <= pause / min(300, 2**place) <= 1.5 for place, pause in enumerate(slept[1:]))


def test_without_an_address_nothing_is_called(simulators: Simulators, inbox: Inbox) -> None:
    simulators.stands["integrax"].webhook_url = ""
    simulators.send({"integrax": 5})
    simulators.quiet()
    assert inbox.calls == []
    assert not any(by_webhook(message) for message in simulators.truth("integrax").messages())


def test_each_report_is_told_once_unless_it_misbehaves(simulators: Simulators, inbox: Inbox) -> None:
    simulators.send({"integrax": 40, "smsgateway24": 40})
    simulators.quiet()
    assert set(Counter(inbox.calls).values()) == {1}


def test_duplicates_are_the_same_bytes_and_are_counted(simulators: Simulators, inbox: Inbox) -> None:
    simulators.misbehave(Misbehaviour(duplicate=0.5))
    simulators.send({"integrax": 40})
    simulators.quiet()
    counts = Counter(inbox.calls)
    assert set(counts.values()) >= {1, 2, 3}
    told = [telling.times for message in simulators.truth("integrax").messages() for telling in by_webhook(message)]
    assert sorted(told) == sorted(counts.values())


def codes(inbox: Inbox) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for body in inbox.bodies():
        if "status_id" in body:
            found.setdefault(body["sms_id"], []).append(body["status_id"])
    return found


def test_reversed_order_begins_with_the_last(inbox: Inbox) -> None:
    from simulators.smsgateway24 import Account as Gateway

    account = Gateway("me", "right", statuses=("docs",))
    with Simulators(
        5,
        speed=5_000,
        webhooks={"smsgateway24": inbox.url},
        misbehaviour=Misbehaviour(reversed=1),
        smsgateway24_account=account,
    ) as simulators:
        simulators.send({"smsgateway24": 20})
        simulators.quiet()
        for message in simulators.truth("smsgateway24").messages():
            usual = [int(turn.code) for turn in message.turns if turn.code not in {"1", "3"}]
            assert codes(inbox)[int(message.message_id)] == usual[::-1]


def test_webhooks_are_lost_only_where_one_can_ask(simulators: Simulators, inbox: Inbox) -> None:
    simulators.misbehave(Misbehaviour(lost_webhook=1))
    simulators.send({"integrax": 10, "smsgateway24": 10})
    simulators.quiet()
    assert codes(inbox) == {}
    assert len(inbox.calls) >= 5
    assert all("messageId" in body for body in inbox.bodies())
