import socket
from collections import Counter

import pytest

from schemas.status import RANK, Status
from simulators.carriers import Effect, Fault
from simulators.run import PROVIDERS, Simulators
from simulators.traffic import COUNTRIES
from tests.simulators.conftest import Inbox

Story = list[tuple[str, str, str, list[tuple[str, float]]]]


def story(seed: int) -> Story:
    """What became of all messages, without the times of day."""
    with Simulators(seed, speed=5_000) as simulators:
        simulators.send(dict.fromkeys(PROVIDERS, 15))
        messages = [message for name in PROVIDERS for message in simulators.truth(name).messages()]
    return [
        (m.message_id, m.number, m.text, [(t.code, round(t.due - m.turns[0].due)) for t in m.turns]) for m in messages
    ]


def test_the_same_seed_is_the_same_story_and_another_is_not() -> None:
    assert story(1) == story(1)
    assert story(1) != story(2)


def test_traffic_goes_where_each_provider_sends() -> None:
    with Simulators(3, speed=5_000) as simulators:
        sent = simulators.send(dict.fromkeys(PROVIDERS, 60))
        for name in PROVIDERS:
            messages = simulators.truth(name).messages()
            assert len(messages) == 60
            # A number that is none has no country.
            assert {m.country for m in messages if m.state() is not Status.REJECTED or m.country} <= set(
                COUNTRIES[name]
            )
        assert {each.status for each in sent} == {200}
        assert Counter(m.country for m in simulators.truth("integrax").messages()).most_common(1)[0][0] == "BR"


def test_what_the_sender_keeps_has_no_secrets() -> None:
    with Simulators(3, speed=5_000) as simulators:
        sent = repr(simulators.send(dict.fromkeys(PROVIDERS, 60)))
        secrets = [
            simulators.integrax.account.token,
            simulators.smsgateway24.account.password,
            simulators.aatrox.account.token,
            simulators.ugsms.account.password,
            simulators.ugsms.account.api_key,
        ]
    assert len(set(secrets)) == 5
    assert not [secret for secret in secrets if secret in sent]


def test_messages_are_spread_over_the_time_given() -> None:
    with Simulators(3, speed=1_000) as simulators:
        simulators.send({"aatrox": 10}, over=100_000)
        due = [message.turns[0].due for message in simulators.truth("aatrox").messages()]
    assert due[-1] - due[0] >= 60_000


def test_a_carrier_fails_from_a_moment_on_and_recovers(inbox: Inbox) -> None:
    with Simulators(3, speed=5_000) as simulators:
        simulators.send({"aatrox": 60})
        simulators.fail(Fault(Effect.FAILS, carrier="Telstra"))
        simulators.send({"aatrox": 60})
        simulators.heal()
        simulators.send({"aatrox": 60})
        messages = simulators.truth("aatrox").messages()
    delivered = [
        Counter(m.carrier for m in messages[start : start + 60] if m.state() is Status.DELIVERED)
        for start in (0, 60, 120)
    ]
    assert delivered[0]["Telstra"] > 10
    assert delivered[1]["Telstra"] == 0
    assert delivered[1]["Optus"] > 5
    assert delivered[2]["Telstra"] > 10


def test_a_fault_may_begin_later() -> None:
    with Simulators(3, speed=5_000) as simulators:
        simulators.fail(Fault(Effect.SILENT, begin=3_600_000_000))
        simulators.send({"aatrox": 30})
        messages = simulators.truth("aatrox").messages()
    assert sum(RANK[m.state()] >= 60 for m in messages) > 20


def test_ports_can_be_given() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Simulators(ports={"aatrox": port}) as simulators:
        assert simulators.url("aatrox") == f"http://127.0.0.1:{port}"
        with pytest.raises(OSError, match="in use"), Simulators(ports={"ugsms": port}):
            pass


def test_what_was_asked_is_kept_with_its_time() -> None:
    with Simulators(3, speed=5_000) as simulators:
        simulators.send({"aatrox": 3})
        asked = simulators.stands["aatrox"].asked
    assert [(each.method, each.path) for each in asked] == [("POST", "/api/v2/sms/send")] * 3
    assert asked[0].at < asked[2].at
