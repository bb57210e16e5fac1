from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from schemas.status import Status
from simulators.integrax import Account
from simulators.run import Simulators
from simulators.truth import How
from tests.simulators.conftest import Inbox, assert_same_shape, documented

TO = ["5511993999999"]


def started(inbox: Inbox, *forms: str) -> Simulators:
    return Simulators(5, speed=2_000, webhooks={"integrax": inbox.url}, integrax_account=Account("right-token", forms))


@pytest.fixture
def simulators(inbox: Inbox) -> Iterator[Simulators]:
    with started(inbox, "seed") as simulators:
        yield simulators


def post(client: httpx.Client, simulators: Simulators, path: str, token: str = "right-token", **body: Any) -> Any:
    return client.post(f"{simulators.url('integrax')}/v1/integration/{token}/{path}", json=body)


def test_the_answer_and_the_report_of_the_providers_text(
    simulators: Simulators, client: httpx.Client, inbox: Inbox
) -> None:
    answer = post(client, simulators, "send-sms", to=TO, message="Hello")
    assert answer.status_code == 200
    assert_same_shape(answer.json(), documented("integrax/send_response_seed.json"))
    [report] = inbox.wait_for(1)
    assert_same_shape(report, documented("integrax/dlr_seed.json"))
    assert report["messageId"] == answer.json()["data"]["messageId"]
    assert report["phone"] == TO[0]


def test_the_answer_and_the_report_of_the_sdk(client: httpx.Client, inbox: Inbox) -> None:
    with started(inbox, "sdk") as simulators:
        answer = post(client, simulators, "send-sms", to=["56982000001"], message="Hello").json()
        known = documented("integrax/send_response_sdk.json")
        assert_same_shape({name: answer[name] for name in known}, known)
        [report] = inbox.wait_for(1)
        assert_same_shape(report, documented("integrax/dlr_sdk_readme.json"))
        # Foreign numbers have their plus there.
        assert report["number"] == "+56982000001"


def test_one_id_stands_for_all_recipients(simulators: Simulators, client: httpx.Client, inbox: Inbox) -> None:
    to = ["5511993999999", "56982000001", "51940000001"]
    message_id = post(client, simulators, "send-sms", to=to, message="Hello").json()["data"]["messageId"]
    messages = simulators.truth("integrax").find(message_id)
    assert [message.number for message in messages] == to
    finals = [message for message in messages if len(message.turns) > 1]
    simulators.quiet()
    assert {(report["messageId"], report["phone"]) for report in inbox.bodies()} == {
        (message_id, message.number) for message in finals
    }


def test_all_reports_are_final_and_no_other_word_is_used(simulators: Simulators, inbox: Inbox) -> None:
    simulators.send({"integrax": 150})
    simulators.quiet()
    words = {report["status"] for report in inbox.bodies()}
    assert words <= {"DELIVRD", "EXPIRED", "REJECTD", "UNDELIV"}
    assert len(words) > 1


def test_a_wrong_token_is_not_found(simulators: Simulators, client: httpx.Client) -> None:
    answer = post(client, simulators, "send-sms", token="wrong", to=TO, message="Hello")
    assert answer.status_code == 404
    assert (answer.json()["error"], answer.json()["code"]) == (3, "INTEGRATION_NOT_FOUND")


@pytest.mark.parametrize(
    "body",
    [{}, {"to": [], "message": "x"}, {"to": "55", "message": "x"}, {"to": [55], "message": "x"}, {"to": TO}],
)
def test_invalid_parameters(simulators: Simulators, client: httpx.Client, body: dict[str, Any]) -> None:
    answer = post(client, simulators, "send-sms", **body)
    assert (answer.status_code, answer.json()["error"]) == (400, 1)


def test_what_is_not_json_is_invalid(simulators: Simulators, client: httpx.Client) -> None:
    url = f"{simulators.url('integrax')}/v1/integration/right-token/send-sms"
    assert client.post(url, content=b"{").json()["error"] == 1


def test_a_code_is_reported_although_its_id_was_not_told(
    simulators: Simulators, client: httpx.Client, inbox: Inbox
) -> None:
    answer = post(client, simulators, "send-otp", to=TO[0]).json()
    assert answer == {"error": 0, "code": "OTP_SENT", "message": "OTP sent successfully"}
    [message] = simulators.truth("integrax").messages()
    [report] = inbox.wait_for(1)
    assert report["messageId"] == message.message_id
    assert not [fact for fact in message.told if fact.how is How.ANSWER]


def test_numbers_are_looked_up(simulators: Simulators, client: httpx.Client) -> None:
    answer = post(client, simulators, "consult-phone", phones=TO * 2).json()
    assert (answer["code"], answer["cost_phone"], answer["cost_total"]) == ("CONSULT_OK", 0.005, 0.01)
    assert answer["data"][0]["numero_requisitado"] == "11993999999"
    assert answer["data"][0]["whatsapp"] in {"Sim", "Não"}
    assert post(client, simulators, "consult-phone", phones=TO * 21).status_code == 400


def test_some_ids_begin_with_a_zero_and_none_comes_twice(simulators: Simulators, inbox: Inbox) -> None:
    simulators.send({"integrax": 100})
    ids = {message.message_id for message in simulators.truth("integrax").messages()}
    assert any(message_id.startswith("0") for message_id in ids)
    assert len(ids) == len({int(message_id) for message_id in ids})


def test_what_comes_in_is_told(simulators: Simulators, inbox: Inbox) -> None:
    [received] = simulators.receive("integrax", 1)
    [told] = inbox.wait_for(1)
    simulators.quiet()
    assert (told["messageId"], told["from"], told["message"]) == (
        received.message_id,
        received.sender,
        received.text,
    )
    assert received.told == {How.WEBHOOK: 1}


def test_a_silent_message_is_accepted_for_ever(simulators: Simulators, client: httpx.Client) -> None:
    # This carrier returns no handset reports.
    post(client, simulators, "send-sms", to=["5551985600000"], message="Hello")
    simulators.quiet()
    [message] = simulators.truth("integrax").messages()
    assert message.state() is message.told_state() is Status.ACCEPTED
