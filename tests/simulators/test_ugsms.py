from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from schemas.status import Status
from simulators.run import Simulators
from simulators.ugsms import Account
from tests.simulators.conftest import assert_same_shape, documented

LOGIN = {"username": "me", "password": "right"}
SMS = {"numbers": "0701234567, 256712345678", "message_body": "Hello", "sender_id": "ME"}


class Client:
    def __init__(self, http: httpx.Client, simulators: Simulators) -> None:
        self.http = http
        self.base = simulators.url("ugsms")
        self.key = {"x-api-key": "key"}

    def v1(self, **form: Any) -> httpx.Response:
        return self.http.post(f"{self.base}/v1/sms/send", data={**LOGIN, **SMS, **form})

    def v2(self, path: str, body: Any) -> httpx.Response:
        return self.http.post(f"{self.base}/api/v2/{path}", json=body, headers=self.key)

    def balance(self) -> httpx.Response:
        return self.http.get(f"{self.base}/api/v2/account/balance", headers=self.key)


def started(**account: Any) -> Simulators:
    return Simulators(5, speed=60, ugsms_account=Account("me", "right", "key", **account))


@pytest.fixture
def simulators() -> Iterator[Simulators]:
    with started(balance=1_000.0, answers=("uuid",), balances=("data",)) as simulators:
        yield simulators


@pytest.fixture
def api(client: httpx.Client, simulators: Simulators) -> Client:
    return Client(client, simulators)


def test_the_newer_answer_has_one_id_for_all(api: Client, simulators: Simulators) -> None:
    told = api.v1().json()
    assert_same_shape(told, documented("ugsms/v1_send_ok.json"))
    known = documented("ugsms/v1_send_ok.json")["data"]
    data = told["data"]
    assert {name: data[name] for name in known if name != "message_id"} == {
        name: value for name, value in known.items() if name != "message_id"
    }
    found = simulators.truth("ugsms").find(data["message_id"])
    assert [message.recipient for message in found] == ["+256701234567", "+256712345678"]


def test_the_older_answer_has_no_id(client: httpx.Client) -> None:
    with started(answers=("plain",)) as simulators:
        answer = Client(client, simulators).v1()
        assert answer.json() == documented("ugsms/v1_send_ok_scribe.json")
        assert [message.message_id for message in simulators.truth("ugsms").messages()] == ["", ""]


def test_v1_takes_the_query_too(api: Client) -> None:
    assert api.http.post(f"{api.base}/v1/sms/send", params={**LOGIN, **SMS}).status_code == 200


def test_refusals_of_v1(api: Client) -> None:
    wrong_number, wrong_password = api.v1(numbers="0701234567,12"), api.v1(password="wrong")
    assert (wrong_number.status_code, wrong_number.json()) == (400, documented("ugsms/v1_400.json"))
    assert (wrong_password.status_code, wrong_password.json()) == (401, documented("ugsms/v1_401.json"))


def test_v2(api: Client) -> None:
    assert_same_shape(api.v2("sms/send", SMS).json(), documented("ugsms/v2_send_ok_thirdparty.json"))
    queried = api.http.get(f"{api.base}/api/v2/sms/send", params={**SMS, "api_key": "key"})
    assert queried.json()["success"] is True


def test_v2_wants_a_key(api: Client) -> None:
    api.key = {}
    answer = api.v2("sms/send", SMS)
    assert (answer.status_code, answer.json()) == (401, documented("ugsms/v2_401.json"))
    assert api.balance().status_code == 401
    assert api.v2("sms/send", {**SMS, "api_key": "key"}).status_code == 200
    assert api.v2("sms/send", {**SMS, "api_key": "wrong"}).status_code == 401


def test_bulk_tells_by_index_which_failed(api: Client, simulators: Simulators) -> None:
    messages = [{"number": number, "message_body": "Hello"} for number in ("0702913454", "07769134")]
    told = api.v2("sms/send/bulk", {"messages": messages}).json()
    assert_same_shape(told["data"], documented("ugsms/v2_bulk_thirdparty.json")["data"])
    assert told["data"]["successful_messages"] == [{"index": 0, "number": "0702913454", "number_of_messages": 1}]
    assert told["data"]["failed_messages"][0]["index"] == 1
    states = [message.state() for message in simulators.truth("ugsms").messages()]
    assert states == [Status.ACCEPTED, Status.REJECTED]
    assert api.v2("sms/send/bulk", {"messages": messages[:1]}).json()["data"]["failed_messages"] is None
    assert api.v2("sms/send/bulk", {"messages": [1]}).status_code == 400


def test_the_balance_in_both_of_its_places(api: Client, client: httpx.Client) -> None:
    api.v1()
    assert api.balance().json()["data"] == {"balance": 980.0, "currency": "UGX"}
    with started(balances=("top",)) as simulators:
        assert Client(client, simulators).balance().json()["balance"] == 10_000_000.0


def test_a_spent_balance(client: httpx.Client) -> None:
    with started(balance=10.0) as simulators:
        api = Client(client, simulators)
        assert "Insufficient" in api.v1().json()["error"]
        messages = [{"number": "0702913454", "message_body": "Hello"}] * 2
        data = api.v2("sms/send/bulk", {"messages": messages}).json()["data"]
    assert (len(data["successful_messages"]), len(data["failed_messages"])) == (1, 1)


def test_sixty_requests_a_minute_for_each_key(client: httpx.Client) -> None:
    # A minute here is longer than the test.
    with Simulators(5, speed=0.01, ugsms_account=Account("me", "right", "key")) as simulators:
        api = Client(client, simulators)
        left = [int(api.balance().headers["x-ratelimit-remaining"]) for _ in range(60)]
        assert left == list(range(59, -1, -1))
        refused = api.balance()
        assert (refused.status_code, refused.headers["x-ratelimit-limit"]) == (429, "60")
        assert int(refused.headers["retry-after"]) > 0
        api.key = {"x-api-key": "other"}
        assert api.balance().headers["x-ratelimit-remaining"] == "59"


def test_what_becomes_of_a_message_is_never_told(api: Client, simulators: Simulators) -> None:
    api.v1()
    simulators.quiet()
    assert {message.state() for message in simulators.truth("ugsms").messages()} == {Status.ACCEPTED}
