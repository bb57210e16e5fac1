"""All that the four providers document, every fixture and every status, from HTTP or a poll to SQL."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from schemas import timeout
from schemas.providers.aatrox import STATUSES as AATROX
from schemas.providers.integrax import STATUSES as INTEGRAX
from schemas.providers.smsgateway24 import STATUSES as SMSGATEWAY24
from tests.support.asking import answered, append
from tests.support.installation import Installation, installed, post

FIXTURES = Path(__file__).parents[1] / "fixtures"
SETTINGS = """
[sources.aatrox]
provider = "aatrox"
region = "AU"
timezone = "Australia/Sydney"

[sources.integrax]
provider = "integrax"
region = "BR"

[sources.phones]
provider = "smsgateway24"
region = "DE"
timezone = "Europe/Paris"

[sources.ugsms]
provider = "ugsms"
region = "UG"
"""


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def sent(installation: Installation, source: str, **posted: Any) -> int:
    url = installation.run_here("urls", source, "--submissions").decode().strip()
    return post(url, json.dumps(posted).encode()).status_code


def pair(name: str, request: dict[str, Any], **beside: Any) -> dict[str, Any]:
    return {"request": request, "answer": json.loads(fixture(name)), **beside}


@pytest.fixture(scope="module")
def delivrd(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with installed(tmp_path_factory.mktemp("providers") / "data", SETTINGS) as installation:
        yield installation


def one(delivrd: Installation, columns: str, where: str, view: str = "messages") -> list[Any]:
    [row] = delivrd.sql(f"SELECT {columns} FROM {view} WHERE {where}")
    return list(row.values())


def test_the_answer_of_aatrox_and_each_of_its_words(delivrd: Installation) -> None:
    answered(delivrd, "aatrox", fixture("aatrox/answers/sms_details.json"), question="sms", id="0913121205")
    for word in AATROX:
        body = {"to_addr": "0412345678", "status": word, "status_at": "2026-11-01 20:30:00"}
        answered(delivrd, "aatrox", json.dumps(body).encode(), question="sms", id=f"aatrox-{word}")
    delivrd.audit()
    assert one(delivrd, "status, segments, told_by", "source = 'aatrox' AND message_id = '0913121205'") == [
        "delivered",
        1,
        "poll",
    ]
    for word, status in AATROX.items():
        told = one(delivrd, "status, provider_status, country, state_at", f"message_id = 'aatrox-{word}'")
        assert told == [status, word, "AU", "2026-11-01 09:30:00.000"]


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        # The clock skips an hour in spring, and shows one twice in autumn: the earlier is taken.
        ("2026-03-29 01:59:59", "2026-03-29 00:59:59"),
        ("2026-03-29 02:30:00", "2026-03-29 01:30:00"),
        ("2026-03-29 03:00:00", "2026-03-29 01:00:00"),
        ("2026-10-25 01:59:59", "2026-10-24 23:59:59"),
        ("2026-10-25 02:30:00", "2026-10-25 00:30:00"),
        ("2026-10-25 03:00:00", "2026-10-25 02:00:00"),
    ],
)
def test_summer_time_in_paris_begins_and_ends(delivrd: Installation, given: str, moment: str) -> None:
    """A naive time in the source's zone, by webhook, and the same as PHP dumps it, in the list."""
    number = int("".join(character for character in given if character.isdigit())[4:])
    sms = {"sms_id": number, "status_id": 6, "senttime": given}
    assert post(delivrd.urls()["phones"], json.dumps(sms).encode()).status_code == 200
    dump = {"date": f"{given}.000000", "timezone_type": 3, "timezone": "Europe/Paris"}
    item = {"id": number, "status": 7, "senttime": dump}
    answered(delivrd, "phones", json.dumps({"smss": [item]}).encode(), question="getallsms")
    delivrd.audit()
    told = one(delivrd, "toString(sent_at) AS sent, toString(final_at) AS final", f"message_id = '{number}'")
    assert told == [f"{moment}.000", f"{moment}.000"]


@pytest.mark.parametrize("given", [1_793_000_000, 1_793_000_000_000, "1793000000", "1793000000000"])
def test_seconds_and_milliseconds_are_told_apart(delivrd: Installation, given: int | str) -> None:
    name = f"epoch-{given!r}"
    body = {"status": "delivered", "status_at": given}
    answered(delivrd, "aatrox", json.dumps(body).encode(), question="sms", id=name)
    delivrd.audit()
    assert one(delivrd, "toUnixTimestamp(final_at)", f"message_id = $${name}$$") == [1_793_000_000]


def test_what_aatrox_received_comes_in_once_however_often_it_is_read(delivrd: Installation) -> None:
    item = {"from_addr": "61412345678", "message": "STOP", "received_at": 1_793_000_000}
    for under in ("data", "messages", "results", ""):
        body = {under: [item]} if under else [item]
        answered(delivrd, "aatrox", json.dumps(body).encode(), question="receive", number="61400000001")
    delivrd.audit()
    assert one(delivrd, "sender, recipient", "source = 'aatrox'", "inbound") == ["+61412345678", "+61400000001"]


@pytest.mark.parametrize(
    ("source", "name", "statuses"),
    [("integrax", "status", INTEGRAX), ("phones", "status_id", SMSGATEWAY24)],
)
def test_every_row_of_the_status_tables_of_the_webhooks(
    delivrd: Installation, source: str, name: str, statuses: dict[str, str]
) -> None:
    url = delivrd.urls()[source]
    for number, word in enumerate(statuses, 7_000_000):
        body = {"messageId": str(number), "sms_id": number, name: word, "phone": "4915752982212"}
        assert post(url, json.dumps(body).encode()).status_code == 200
    delivrd.audit()
    rows = delivrd.sql(
        f"SELECT provider_status AS word, status FROM messages WHERE source = '{source}' AND match(message_id, '^7000')"
    )
    assert {row["word"]: row["status"] for row in rows} == statuses


def test_the_lists_of_smsgateway24(delivrd: Installation) -> None:
    for name in ("getallsms_seed", "getallsms_phpexample_6"):
        body = fixture(f"smsgateway24/answers/{name}.json")
        for _ in range(2):  # windows overlap
            answered(delivrd, "phones", body, question="getallsms", begindate="2026-01-01")
    answered(
        delivrd,
        "phones",
        fixture("smsgateway24/answers/getsmsstatus_new.json"),
        question="getsmsstatus",
        sms_id="22074698",
    )
    answered(delivrd, "phones", fixture("smsgateway24/answers/gettoken_error.json"), question="getallsms")
    delivrd.audit()
    rows = delivrd.sql(
        "SELECT message_id, status, facts, told_by, customer_ref FROM messages WHERE match(message_id, '^(62|22)0')"
    )
    assert {tuple(row.values()) for row in rows} == {
        ("62050971", "sending", 1, "poll", ""),
        ("62051117", "delivered", 1, "poll", ""),
        *((number, "queued", 1, "poll", "") for number in ("22074698", "22074718", "22074722", "22078325", "22078326")),
        ("22074938", "queued", 1, "poll", "19921"),
    }


def test_webhook_and_poll_are_one_message_and_explain_shows_who_told_what(delivrd: Installation) -> None:
    url = delivrd.urls()["phones"]
    sms = {"sms_id": 62051300, "status_id": 6, "sendto": "+4915752982212", "senttime": "2026-11-01 10:30:00"}
    assert post(url, json.dumps(sms).encode()).status_code == 200
    item = {"id": 62051300, "status": 7, "sendto": "+4915752982212", "senttime": None}
    answered(delivrd, "phones", json.dumps({"smss": {"62051300": item}}).encode(), question="getallsms")
    assert post(url, json.dumps({**sms, "status_id": 7, "senttime": "2026-11-01 10:31:00"}).encode()).status_code == 200
    delivrd.audit()
    told = one(delivrd, "status, facts, told_by, toString(final_at)", "message_id = '62051300'")
    assert told == ["delivered", 3, "both", "2026-11-01 09:31:00.000"]
    said = delivrd.run("explain", "62051300").stdout.decode()
    assert "webhook" in said
    assert "poll" in said


def test_the_phones_and_the_balance(delivrd: Installation) -> None:
    answered(delivrd, "phones", fixture("smsgateway24/answers/getalldevices_seed.json"), question="getalldevices")
    answered(
        delivrd, "phones", b'{"device_id": 1297, "online": true, "error": 0, "battery": 87}', question="getdevicestatus"
    )
    answered(delivrd, "phones", fixture("smsgateway24/answers/getdevicestatus.json"), question="getdevicestatus")
    answered(delivrd, "ugsms", b'{"data": {"balance": 980.5, "currency": "UGX"}}', question="balance")
    delivrd.audit()
    columns = "title, online, battery, toString(seen_at) AS seen, subscription, sims.carrier AS carriers"
    assert one(delivrd, columns, "device_id = '1297'", "devices") == [
        "Android_SDK_built_for_x86",
        True,
        87,
        "2020-04-20 20:51:34.000",
        False,
        ["Drillisch (o2)"],
    ]
    assert one(delivrd, "title, online, battery", "device_id = '260'", "devices") == ["SM-F NIK!", False, None]
    assert one(delivrd, "balance, currency", "source = 'ugsms' AND balance = 980.5", "balances") == [980.5, "UGX"]
    assert delivrd.sql("SELECT 1 FROM messages WHERE message_id LIKE 'device%' OR message_id LIKE 'balance%'") == []


def test_the_answers_to_a_send(delivrd: Installation) -> None:
    at = "2026-11-01T10:29:58Z"
    two = {"to": ["5511977777777", "5511966666666"], "from": "29094"}
    sends: list[tuple[str, str, dict[str, Any]]] = [
        ("integrax", "integrax/answers/send_response_sdk.json", two),
        ("integrax", "integrax/answers/send_response_seed.json", two),
        ("phones", "smsgateway24/answers/addsms_ok.json", {"sendto": "+4915752982212", "device_id": 260}),
        ("phones", "smsgateway24/answers/addalotofsms_ok.json", {"smsdata": [{"sendto": "+4915752982212"}]}),
        ("ugsms", "ugsms/answers/v1_send_ok.json", {"numbers": "0701234567,0712345678"}),
        ("ugsms", "ugsms/answers/v2_send_ok_thirdparty.json", {"numbers": "0701234567"}),
        ("ugsms", "ugsms/answers/v1_send_ok_scribe.json", {"numbers": "0701234567"}),
        ("ugsms", "ugsms/answers/v2_bulk_thirdparty.json", {"messages": []}),
        ("ugsms", "ugsms/answers/v1_400.json", {"numbers": "07"}),
        ("ugsms", "ugsms/answers/v1_401.json", {"numbers": "0701234568"}),
        ("ugsms", "ugsms/answers/v2_401.json", {"numbers": "0701234569"}),
    ]
    for _ in range(2):  # posted again by an application that was not sure
        for source, name, request in sends:
            assert sent(delivrd, source, **pair(name, request, time=at)) == 200
    delivrd.audit()
    rows = delivrd.sql(
        "SELECT source, status, count() AS facts FROM events "
        f"WHERE kind = 'submission' AND occurred_at = parseDateTimeBestEffort('{at}') GROUP BY ALL ORDER BY ALL"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("integrax", "accepted", 4),
        ("phones", "accepted", 1),
        ("ugsms", "accepted", 5),
        ("ugsms", "rejected", 4),
    ]
    assert one(delivrd, "cost, currency", "message_id = 'uuid' AND recipient = '+256701234567'") == [10, "UGX"]
    assert one(delivrd, "max(balance)", "source = 'ugsms'", "balances") == [1000]


def test_a_report_that_came_before_its_submission_joins_it(delivrd: Installation) -> None:
    report = {"messageId": "early", "status": "DELIVRD", "phone": "5511977777777", "timestamp": "2026-11-01T10:30:08Z"}
    assert post(delivrd.urls()["integrax"], json.dumps(report).encode()).status_code == 200
    delivrd.audit()
    assert one(delivrd, "submitted_at, latency_ms, told_by", "message_id = 'early'") == [None, None, "webhook"]
    posted = {"message_id": "early", "recipient": "+55 11 97777-7777", "time": "2026-11-01T10:30:00Z", "segments": 2}
    assert sent(delivrd, "integrax", **posted, cost=0.05, currency="BRL", customer_ref="order-1", channel="sms") == 200
    delivrd.audit()
    columns = "status, latency_ms, latency_from, told_by, facts, segments, cost, currency, customer_ref, channel"
    assert one(delivrd, columns, "message_id = 'early'") == [
        *("delivered", 8_000, "submission", "webhook", 2, 2, 0.05, "BRL", "order-1", "sms"),
    ]  # fmt: skip


def test_a_message_that_nothing_is_told_of_is_unknown_never_delivered_and_never_failed(delivrd: Installation) -> None:
    assert sent(delivrd, "ugsms", message_id="silent", recipient="0701234567", time="2026-11-01T10:30:00Z") == 200
    record = timeout.make("ugsms", "silent", "silent/0701234567", "0701234567", time.time_ns() // 1_000_000)
    append(delivrd, [record, record])
    delivrd.audit()
    told = one(delivrd, "status, provider_status, is_final, told_by, facts", "message_id = 'silent'")
    assert told == ["unknown", "no report", False, "submission", 2]


def test_nothing_is_missing(delivrd: Installation) -> None:
    assert delivrd.audit()["dead_lettered"] == 0
