from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from schemas.status import Status
from simulators.aatrox import Account
from simulators.misbehaviour import Misbehaviour
from simulators.run import OWN_NUMBERS, Simulators
from simulators.truth import How
from tests.simulators.conftest import assert_same_shape, documented

SMS = {"from": "61480000000", "to": "61457000001", "text": "Hello"}
OWN = OWN_NUMBERS["aatrox"]


class Client:
    def __init__(self, http: httpx.Client, simulators: Simulators) -> None:
        self.http = http
        self.base = f"{simulators.url('aatrox')}/api/v2/sms/"
        self.headers = {"authorization": "Bearer right"}

    def get(self, path: str, **query: str) -> httpx.Response:
        return self.http.get(self.base + path, params=query, headers=self.headers)

    def post(self, path: str, body: Any = SMS) -> httpx.Response:
        return self.http.post(self.base + path, json=body, headers=self.headers)


def started(**account: Any) -> Simulators:
    return Simulators(5, speed=2_000, aatrox_account=Account("right", **account))


@pytest.fixture
def simulators() -> Iterator[Simulators]:
    with started(ids=("id",), times=("iso",), lists=("",)) as simulators:
        yield simulators


@pytest.fixture
def api(client: httpx.Client, simulators: Simulators) -> Client:
    return Client(client, simulators)


def test_details_have_the_documented_fields_and_no_id(api: Client, simulators: Simulators) -> None:
    message_id = api.post("send").json()["id"]
    told = api.get(message_id).json()
    assert_same_shape(told, documented("aatrox/sms_details.json"))
    assert (told["to_addr"], told["from_addr"], told["segment_count"]) == (SMS["to"], SMS["from"], 1)
    simulators.quiet()
    [message] = simulators.truth("aatrox").messages()
    assert api.get(message_id).json()["status"] == message.turns[-1].code


@pytest.mark.parametrize("path", ["send", "send/disclaimer", "send/bulk", "receive", "some-id"])
def test_a_wrong_token(api: Client, path: str) -> None:
    api.headers = {"authorization": "Bearer wrong"}
    answer = api.post(path) if "send" in path else api.get(path)
    assert answer.status_code == 401


@pytest.mark.parametrize("body", [{}, {"to": "x", "from": "y", "text": "z"}, {**SMS, "text": ""}, {**SMS, "to": 61}])
def test_invalid_parameters(api: Client, body: Any) -> None:
    assert api.post("send", body).status_code == 400
    assert api.post("send/bulk", body).status_code == 400


def test_an_unknown_id(api: Client) -> None:
    assert api.get("nothing").status_code == 404


def test_a_disclaimer_makes_it_longer(api: Client) -> None:
    message_id = api.post("send/disclaimer", {**SMS, "text": "x" * 150}).json()["id"]
    assert api.get(message_id).json()["segment_count"] == 2


def test_bulk_gives_each_its_id(api: Client) -> None:
    told = api.post("send/bulk", {**SMS, "to": ["61457000001", "0457000002"]}).json()["data"]
    assert [item["to"] for item in told] == ["61457000001", "0457000002"]
    assert api.get(told[1]["id"]).json()["to_addr"] == "0457000002"


def test_the_id_stands_in_any_of_its_places(client: httpx.Client) -> None:
    with started() as simulators:
        api = Client(client, simulators)
        told = [api.post("send").json() for _ in range(40)]
    places = {(name, "below" if isinstance(value, dict) else "top") for body in told for name, value in body.items()}
    assert places == {("id", "top"), ("message_id", "top"), ("sms_id", "top"), ("data", "below")}


def test_times_come_in_every_form(client: httpx.Client) -> None:
    with started(ids=("id",)) as simulators:
        api = Client(client, simulators)
        times = [api.get(api.post("send").json()["id"]).json()["status_at"] for _ in range(40)]
    kinds = {"seconds" if at < 10**11 else "milliseconds" for at in times if isinstance(at, int)}
    kinds |= {"iso" if at.endswith("Z") else "naive" for at in times if isinstance(at, str)}
    assert kinds == {"iso", "naive", "seconds", "milliseconds"}


def test_the_same_message_has_its_time_in_one_form(client: httpx.Client) -> None:
    with started(ids=("id",)) as simulators:
        api = Client(client, simulators)
        message_id = api.post("send").json()["id"]
        simulators.quiet()
        assert len({str(api.get(message_id).json()["status_at"]) for _ in range(10)}) == 1


def test_received_messages_of_a_number(api: Client, simulators: Simulators) -> None:
    received = simulators.receive("aatrox", 3)
    told = api.get("receive", to=OWN).json()
    assert len(told) == 3
    assert {item.get("id") or item.get("message_id") for item in told} == {each.message_id for each in received}
    assert len(api.get("receive", to=OWN, **{"from": received[0].sender}).json()) == 1
    assert api.get("receive", to="61400000000").json() == []
    assert api.get("receive").status_code == 400
    assert received[1].told == {How.POLL: 1}


def test_reading_may_consume(client: httpx.Client) -> None:
    with started(lists=("data",), consumes=True) as simulators:
        simulators.receive("aatrox", 2)
        api = Client(client, simulators)
        assert len(api.get("receive", to=OWN).json()["data"]) == 2
        assert api.get("receive", to=OWN).json() == {"data": []}


def test_lists_come_in_every_form(client: httpx.Client) -> None:
    with started() as simulators:
        simulators.receive("aatrox", 1)
        api = Client(client, simulators)
        told = [api.get("receive", to=OWN).json() for _ in range(40)]
        assert {"" if isinstance(body, list) else next(iter(body)) for body in told} == {
            "",
            "data",
            "messages",
            "results",
        }


def test_empty_lists_come_in_every_form(client: httpx.Client) -> None:
    with started(lists=("messages",)) as simulators:
        simulators.misbehave(Misbehaviour(empty_list=1))
        api = Client(client, simulators)
        told = {api.get("receive", to=OWN).text for _ in range(60)}
    assert told == {'{"messages":[]}', '{"messages":null}', '{"messages":{}}', "{}", "[]"}


def test_items_may_come_without_an_id(client: httpx.Client) -> None:
    with started(lists=("",), items=(("", "from", "to", "body", "time"),)) as simulators:
        simulators.receive("aatrox", 1)
        [item] = Client(client, simulators).get("receive", to=OWN).json()
    assert set(item) == {"from", "to", "body", "time"}


def test_items_may_come_twice_and_in_the_other_order(api: Client, simulators: Simulators) -> None:
    simulators.receive("aatrox", 2)
    usual = api.get("receive", to=OWN).json()
    simulators.misbehave(Misbehaviour(duplicate=1, reversed=1))
    odd = api.get("receive", to=OWN).json()
    assert odd == [usual[1], usual[1], usual[0], usual[0]]


def test_an_undocumented_word_on_the_way(api: Client, simulators: Simulators) -> None:
    simulators.misbehave(Misbehaviour(unknown_status=1))
    api.post("send")
    [message] = simulators.truth("aatrox").messages()
    assert [turn.code for turn in message.turns][:3] == ["queued", "sent", "parked"]
    assert message.turns[2].status is Status.UNKNOWN
