"""Each switch on its own: it shows where it is on, and what it touches is not taken for told."""

from collections.abc import Iterator

import httpx
import msgspec
import pytest

from schemas.status import Status
from simulators.aatrox import Account
from simulators.misbehaviour import EVERYTHING, Misbehaviour
from simulators.run import Simulators
from tests.simulators.conftest import Inbox

SMS = {"from": "61480000000", "to": "61457000001", "text": "Hello"}
LOGIN = {"authorization": "Bearer right"}


@pytest.fixture
def simulators() -> Iterator[Simulators]:
    with Simulators(5, speed=2_000, aatrox_account=Account("right", ids=("id",), times=("iso",))) as simulators:
        yield simulators


def send(client: httpx.Client, simulators: Simulators) -> httpx.Response:
    return client.post(f"{simulators.url('aatrox')}/api/v2/sms/send", json=SMS, headers=LOGIN)


def told(simulators: Simulators) -> list[Status]:
    return [message.told_state() for message in simulators.truth("aatrox").messages()]


@pytest.mark.parametrize(
    ("how", "status", "kind"),
    [
        (Misbehaviour(server_error=1), 500, "application/json"),
        (Misbehaviour(html=1), 502, "text/html"),
        (Misbehaviour(too_many=1, retry_after=7), 429, "application/json"),
    ],
    ids=["500", "html", "429"],
)
def test_requests_that_are_not_handled(
    client: httpx.Client, simulators: Simulators, how: Misbehaviour, status: int, kind: str
) -> None:
    simulators.misbehave(how)
    answer = send(client, simulators)
    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
    assert answer.headers.get("retry-after") == ("7" if status == 429 else None)
    assert told(simulators) == []


def test_half_an_answer(client: httpx.Client, simulators: Simulators) -> None:
    simulators.misbehave(Misbehaviour(truncated=1))
    cut = set()
    for _ in range(20):
        try:
            answer = send(client, simulators)
        except httpx.RemoteProtocolError:
            cut.add("on the wire")
        else:
            with pytest.raises(msgspec.DecodeError):
                msgspec.json.decode(answer.content)
            cut.add("as if whole")
    assert cut == {"on the wire", "as if whole"}
    # They were accepted, and nobody knows.
    assert told(simulators) == [Status.NONE] * 20


def test_no_answer(client: httpx.Client, simulators: Simulators) -> None:
    simulators.misbehave(Misbehaviour(timeout=1))
    client.timeout = httpx.Timeout(0.2)
    with pytest.raises(httpx.ReadTimeout):
        send(client, simulators)
    assert told(simulators) == [Status.NONE]


def test_something_in_between_gives_up_first(client: httpx.Client, simulators: Simulators) -> None:
    simulators.misbehave(Misbehaviour(timeout=1, patience=0.05))
    assert send(client, simulators).status_code == 504
    assert told(simulators) == [Status.NONE]


def test_a_slow_answer_is_an_answer(client: httpx.Client, simulators: Simulators) -> None:
    simulators.misbehave(Misbehaviour(slow=1, slowness=0.3))
    assert send(client, simulators).elapsed.total_seconds() >= 0.3
    assert told(simulators) == [Status.QUEUED]


def test_a_wrong_clock_is_wrong_about_a_message_in_the_same_way_each_time(
    client: httpx.Client, simulators: Simulators
) -> None:
    simulators.misbehave(Misbehaviour(clock_skew=1, skew=2_000 * 3_600_000))
    ids = [send(client, simulators).json()["id"] for _ in range(10)]
    messages = simulators.truth("aatrox").messages()
    assert {message.skew for message in messages} == {3_600_000, -3_600_000}
    simulators.quiet()
    for message_id, message in zip(ids, messages, strict=True):
        url = f"{simulators.url('aatrox')}/api/v2/sms/{message_id}"
        client.get(url, headers=LOGIN)
        [fact] = [fact for fact in message.told if fact.occurred is not None]
        assert fact.occurred == (message.turns[-1].at + message.skew) // 1000 * 1000


def test_one_provider_alone_misbehaves(client: httpx.Client, simulators: Simulators) -> None:
    simulators.misbehave(Misbehaviour(server_error=1), "ugsms")
    assert send(client, simulators).status_code == 200
    assert client.get(f"{simulators.url('ugsms')}/api/v2/account/balance").status_code == 500


def test_the_truth_is_served_whatever_goes_wrong(client: httpx.Client, simulators: Simulators) -> None:
    simulators.misbehave(Misbehaviour(server_error=1, truncated=1))
    assert client.get(f"{simulators.url('aatrox')}/truth").json() == {"messages": [], "received": []}


def test_nothing_goes_wrong_unless_told(client: httpx.Client, simulators: Simulators) -> None:
    assert all(send(client, simulators).status_code == 200 for _ in range(50))
    assert len({message.skew for message in simulators.truth("aatrox").messages()}) == 1


def outcomes(client: httpx.Client, seed: int) -> list[int]:
    account = Account("right", ids=("id",))
    with Simulators(seed, misbehaviour=Misbehaviour(server_error=0.3, html=0.3), aatrox_account=account) as simulators:
        return [send(client, simulators).status_code for _ in range(40)]


def test_what_goes_wrong_comes_from_the_seed(client: httpx.Client) -> None:
    assert outcomes(client, 1) == outcomes(client, 1) != outcomes(client, 2)


def test_everything_at_once_has_every_switch_on(inbox: Inbox) -> None:
    sizes = {"patience", "slowness", "retry_after", "skew"}
    assert all(value > 0 for name, value in msgspec.structs.asdict(EVERYTHING).items() if name not in sizes)
