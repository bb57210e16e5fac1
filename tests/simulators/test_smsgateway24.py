import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from simulators.misbehaviour import Misbehaviour
from simulators.run import Simulators
from simulators.smsgateway24 import Account
from simulators.smsgateway24_statuses import TITLES
from simulators.truth import How
from tests.simulators.conftest import Inbox, assert_same_shape, documented

LOGIN = {"email": "me@example.com", "pass": "right"}
NUMBER = "+491601234567"
SMS = {"sendto": NUMBER, "body": "Hello", "device_id": "260", "sim": "0"}


class Client:
    """What a client of the account does, with its token."""

    def __init__(self, http: httpx.Client, simulators: Simulators) -> None:
        self.http = http
        self.url = simulators.url("smsgateway24")
        self.token = self.get("gettoken", **LOGIN)["token"]

    def get(self, path: str, **form: Any) -> Any:
        answer = self.http.post(f"{self.url}/getdata/{path}", data=form)
        assert answer.status_code == 200
        return answer.json()

    def ask(self, path: str, **form: Any) -> Any:
        return self.get(path, token=self.token, **form)


def account(lists: str = "2023", statuses: str = "docs", incoming: str = "docs") -> Account:
    return Account(LOGIN["email"], LOGIN["pass"], lists=(lists,), statuses=(statuses,), incoming=(incoming,))


def started(inbox: Inbox, account: Account) -> Simulators:
    return Simulators(5, speed=2_000, webhooks={"smsgateway24": inbox.url}, smsgateway24_account=account)


@pytest.fixture
def simulators(inbox: Inbox) -> Iterator[Simulators]:
    with started(inbox, account()) as simulators:
        yield simulators


@pytest.fixture
def phone(client: httpx.Client, simulators: Simulators) -> Client:
    return Client(client, simulators)


def test_a_wrong_password(phone: Client) -> None:
    assert phone.get("gettoken", email=LOGIN["email"]) == documented("smsgateway24/gettoken_error.json")


def test_the_query_will_do_as_well(phone: Client) -> None:
    answer = phone.http.get(f"{phone.url}/getdata/gettoken", params=LOGIN)
    assert answer.json()["error"] == 0
    assert answer.json()["token"] != phone.token


def test_a_token_is_refused_in_the_body(phone: Client, simulators: Simulators) -> None:
    assert phone.get("getallsms", token="wrong")["error"] == 1
    simulators.smsgateway24.revoke()
    assert phone.ask("getallsms")["error"] == 1


def test_answers_to_sends(phone: Client) -> None:
    assert_same_shape(phone.ask("addsms", **SMS), documented("smsgateway24/addsms_ok.json"))
    assert_same_shape(phone.get("smstosend", **LOGIN, **SMS), documented("smsgateway24/addsms_ok.json"))
    lot = json.dumps({"token": phone.token, "smsdata": [SMS, {**SMS, "urgent": 1}]})
    assert phone.get("addalotofsms", datajson=lot) == documented("smsgateway24/addalotofsms_ok.json")
    assert len(phone.ask("getallsms")["smss"]) == 4


@pytest.mark.parametrize("missing", ["sendto", "body", "device_id"])
def test_a_send_without_what_it_needs(phone: Client, missing: str) -> None:
    assert phone.ask("addsms", **{name: value for name, value in SMS.items() if name != missing})["error"] == 1


@pytest.mark.parametrize("lot", ["", "{", "[]", '{"token": "x"}', '{"token": "x", "smsdata": [1]}'])
def test_a_lot_that_cannot_be_read(phone: Client, lot: str) -> None:
    assert phone.get("addalotofsms", datajson=lot)["error"] == 1


def test_a_comma_list_has_one_id_in_its_answer(phone: Client) -> None:
    answer = phone.ask("addsms", **{**SMS, "sendto": f"{NUMBER}, +33685000001"})
    listed = phone.ask("getallsms")["smss"]
    assert len(listed) == 2
    assert listed[str(answer["sms_id"])]["sendto"] == NUMBER


def test_the_list_of_2023(phone: Client) -> None:
    phone.ask("addsms", **SMS)
    told = phone.ask("getallsms")
    assert_same_shape(told, documented("smsgateway24/getallsms_seed.json"))
    [listed] = told["smss"].values()
    assert (listed["senttime"], listed["customerid"], listed["urgent"]) == (None, None, None)
    assert listed["created"]["timezone_type"] == 3


def test_the_list_of_2021(inbox: Inbox, client: httpx.Client) -> None:
    with started(inbox, account(lists="2021")) as simulators:
        phone = Client(client, simulators)
        phone.ask("addsms", **SMS, customerid=19921, urgent=1, timetosend="2021-08-01 14:00:00")
        told = phone.ask("getallsms")
    assert_same_shape(told, documented("smsgateway24/getallsms_phpexample_6.json"))
    [listed] = told["smss"].values()
    assert (listed["customerid"], listed["urgent"]) == (19921, True)
    assert listed["timetosend"] == {
        "date": "2021-08-01 14:00:00.000000",
        "timezone_type": 1,
        "timezone": "+02:00",
    }


def test_senttime_is_null_even_when_delivered(phone: Client, simulators: Simulators) -> None:
    simulators.send({"smsgateway24": 30})
    simulators.quiet()
    listed = phone.ask("getallsms", status=7)["smss"].values()
    assert len(listed) > 20
    assert {item["senttime"] for item in listed} == {None}


def test_the_list_is_filtered(phone: Client) -> None:
    first = phone.ask("addsms", **SMS, customerid=7)["sms_id"]
    second = phone.ask("addsms", **{**SMS, "sendto": "+33685000001", "device_id": "11231", "sim": "1"})["sms_id"]

    def ids(**filters: Any) -> list[str]:
        return list(phone.ask("getallsms", **filters)["smss"])

    assert ids() == [str(first), str(second)]
    assert ids(orderbydesc=1) == [str(second), str(first)]
    assert ids(customerid=7) == ids(phone=NUMBER) == ids(device_id=260) == [str(first)]
    assert ids(device_id=11231) == ids(sim=1) == [str(second)]
    assert ids(status=12) == []
    assert phone.ask("getallsms", onlycount=1) == {"error": 0, "count": 2, "message": "Ok"}


def test_windows_of_time_include_their_ends_and_know_zones(inbox: Inbox, client: httpx.Client) -> None:
    # 2026-04-12 10:30:00 UTC, and it goes on from there.
    noon = 1_775_989_800_000
    simulators = Simulators(5, speed=0.001, start=noon, smsgateway24_account=account())
    with simulators:
        phone = Client(client, simulators)
        phone.ask("addsms", **SMS)

        def count(begin: str, end: str, **more: str) -> int:
            return int(phone.ask("getallsms", begindate=begin, enddate=end, onlycount=1, **more)["count"])

        assert count("2026-04-12 12:30:00", "2026-04-12 12:30:00") == 1
        assert count("2026-04-12 12:30:01", "2026-04-12 13:00:00") == 0
        assert count("2026-04-12", "2026-04-12 12:29:59") == 0
        assert count("2026-04-12 10:30:00", "2026-04-12 10:30:00", timezone="UTC") == 1
        [listed] = phone.ask("getallsms")["smss"].values()
        assert listed["created"]["date"] == "2026-04-12 12:30:00.000000"


def test_an_empty_list_is_one_unless_it_misbehaves(phone: Client, simulators: Simulators) -> None:
    assert phone.ask("getallsms") == {"smss": []}
    simulators.misbehave(Misbehaviour(empty_list=1))
    told = {json.dumps(phone.ask("getallsms")) for _ in range(40)}
    assert told == {'{"smss": []}', '{"smss": {}}', '{"smss": null}', "{}"}


def test_a_single_status(phone: Client, simulators: Simulators) -> None:
    sms_id = phone.ask("addsms", **SMS)["sms_id"]
    told = phone.ask("getsmsstatus", sms_id=sms_id)
    assert_same_shape(told, documented("smsgateway24/getsmsstatus_new.json"))
    simulators.quiet()
    [message] = simulators.truth("smsgateway24").messages()
    assert str(phone.ask("getsmsstatus", sms_id=sms_id)["status"]) == message.turns[-1].code
    assert phone.ask("getsmsstatus", sms_id=1)["error"] == 1


def test_devices(phone: Client) -> None:
    told = phone.ask("getalldevices")
    assert told["count"] == len(told["device"]) == 3
    device = told["device"]["1297"]
    assert (device["subscription"], device["lastseen"]["timezone_type"]) == (False, 3)
    assert device["siminfo"][0]["CarrierName"] == "Drillisch (o2)"
    away = phone.ask("getdevicestatus", device_id=1297)
    assert_same_shape(away, documented("smsgateway24/getdevicestatus.json"))
    assert (away["online"], away["diffseconds"] >= 28_851_900) == (False, True)
    here = phone.ask("getdevicestatus", device_id=260)
    assert (here["online"], here["diffseconds"] < 10) == (True, True)
    assert phone.ask("getdevicestatus", device_id=1)["error"] == 1


def test_the_documented_status_webhook(phone: Client, inbox: Inbox, simulators: Simulators) -> None:
    sms_id = phone.ask("addsms", **SMS)["sms_id"]
    simulators.quiet()
    skeleton = documented("smsgateway24/webhook_docs_skeleton.json")["delivery_status"]
    for told in inbox.bodies():
        assert set(told) == set(skeleton)
        assert {name for name, value in told.items() if type(value) is int} == {
            name for name, kind in skeleton.items() if kind == "int"
        }
        assert (told["sms_id"], told["sendto"]) == (sms_id, NUMBER)
    [message] = simulators.truth("smsgateway24").messages()
    assert {str(told["status_id"]) for told in inbox.bodies()} == {turn.code for turn in message.turns} - {"1", "3"}


def test_the_articles_status_webhook(client: httpx.Client, inbox: Inbox) -> None:
    with started(inbox, account(statuses="article")) as simulators:
        Client(client, simulators).ask("addsms", **SMS)
        simulators.quiet()
    told = [body for body in inbox.bodies() if "event" in body]
    for body in told:
        assert_same_shape(body, documented("smsgateway24/webhook_article_delivery.json"))
    assert "sent" in {body["status"] for body in told}


def test_incoming_messages_are_told_and_listed(phone: Client, inbox: Inbox, simulators: Simulators) -> None:
    simulators.receive("smsgateway24", 40)
    skeleton = documented("smsgateway24/webhook_docs_skeleton.json")
    bodies = inbox.wait_for(40)
    images = [body for body in bodies if body.get("type") == "img"]
    texts = [body for body in bodies if body.get("type") != "img"]
    assert images
    assert all(set(body) == set(skeleton["incoming_img"]) for body in images)
    assert all(set(body) | {"type"} == set(skeleton["incoming_text"]) for body in texts)
    assert any("type" not in body for body in texts)
    listed = phone.ask("getallsms", status=5)["smss"]
    assert {int(sms_id) for sms_id in listed} == {body["sms_id"] for body in bodies}
    simulators.quiet()
    assert all(
        received.told == {How.WEBHOOK: 1, How.POLL: 1} for received in simulators.truth("smsgateway24").received()
    )


def test_the_articles_incoming_webhook(inbox: Inbox) -> None:
    with started(inbox, account(incoming="article")) as simulators:
        simulators.receive("smsgateway24", 1)
        [body] = inbox.wait_for(1)
    assert_same_shape(body, documented("smsgateway24/webhook_article_incoming.json"))


def test_titles_differ_and_codes_do_not() -> None:
    assert len({frozenset(titles) for titles in TITLES.values()}) == 1
    assert len({titles["7"] for titles in TITLES.values()}) == 3


def test_every_documented_code_is_used(inbox: Inbox, client: httpx.Client, simulators: Simulators) -> None:
    simulators.stands["smsgateway24"].webhook_url = ""
    simulators.misbehave(Misbehaviour(unknown_status=0.02))
    phone = Client(client, simulators)
    lot = json.dumps({"token": phone.token, "smsdata": [{**SMS, "sendto": f"+49176{n:08d}"} for n in range(1_500)]})
    phone.get("addalotofsms", datajson=lot)
    codes = {turn.code for message in simulators.truth("smsgateway24").messages() for turn in message.turns}
    assert codes == {"1", "2", "3", "6", "7", "8", "9", "10", "11", "12", "13", "100", "101"}
