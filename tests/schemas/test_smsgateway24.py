import msgspec
import pytest

from schemas.event import Kind, Origin
from schemas.providers import adapters
from schemas.status import Family, Status
from tests.schemas.support import ARRIVED, PHONES, body_of, event_of, fixture, ms, one, record_of

STATUS = {
    "sms_id": 62051117,
    "status_id": 7,
    "status_message": "Delivered",
    "sendto": "+4915752982212",
    "senttime": "2026-03-29 12:46:09",
    "device_id": 11231,
}
KEEPING = msgspec.structs.replace(PHONES, store_text=True)


def test_the_status_webhook_of_the_documentation() -> None:
    body = fixture("smsgateway24/webhook_status.json")
    event = event_of(body, PHONES)
    assert (event.kind, event.origin, event.provider) == (Kind.REPORT, Origin.WEBHOOK, "smsgateway24")
    assert (event.message_id, event.message_key) == ("62051117", "62051117")
    assert (event.status, event.provider_status, event.error_text) == (Status.DELIVERED, "7", "")
    assert (event.recipient, event.country, event.device_id) == ("+4915752982212", "DE", "11231")
    assert event.occurred_at == ms("2026-03-29T12:46:09Z")
    assert one(body, PHONES).key == "phones/62051117"


def test_the_incoming_text_of_the_documentation() -> None:
    event = event_of(fixture("smsgateway24/webhook_incoming_text.json"), KEEPING)
    assert (event.kind, event.message_id, event.sender) == (Kind.INBOUND, "62051204", "+4915752982212")
    assert (event.text, event.device_id, event.channel) == ("Danke, bis später 😀", "11231", "unknown")
    assert event.occurred_at == ms("2026-03-29T12:50:11Z")


def test_the_incoming_image_of_the_documentation() -> None:
    event = event_of(fixture("smsgateway24/webhook_incoming_img.json"), KEEPING)
    assert (event.kind, event.message_id, event.channel) == (Kind.INBOUND, "62051209", "whatsapp")
    assert event.text.endswith("/62051209.jpg")
    assert event_of(fixture("smsgateway24/webhook_incoming_img.json"), PHONES).text == ""


def test_the_report_of_the_article() -> None:
    event = event_of(fixture("smsgateway24/webhook_article_delivery.json"), PHONES)
    assert (event.kind, event.message_id, event.status) == (Kind.REPORT, "abc123", Status.DELIVERED)
    assert (event.recipient, event.device_id) == ("+1234567890", "device_xyz")
    assert event.occurred_at == ms("2026-01-15T10:30:00Z")


def test_the_incoming_message_of_the_article_has_no_id() -> None:
    body = fixture("smsgateway24/webhook_article_incoming.json")
    event = event_of(body, KEEPING)
    assert (event.kind, event.sender, event.text) == (Kind.INBOUND, "+1234567890", "Hello, I need help with my order")
    assert event.occurred_at == ms("2026-01-15T10:31:00Z")
    assert one(body, PHONES).key == f"phones/{event.message_id}"
    other_device = body.replace(b"device_xyz", b"device_abc")
    assert event_of(other_device, PHONES).message_key != event.message_key


@pytest.mark.parametrize(
    ("code", "status", "family"),
    [
        (1, Status.QUEUED, Family.NONE),
        (3, Status.QUEUED, Family.NONE),
        (2, Status.SENDING, Family.NONE),
        (6, Status.SENT, Family.NONE),
        (7, Status.DELIVERED, Family.NONE),
        (8, Status.UNDELIVERABLE, Family.UNKNOWN),
        (9, Status.FAILED, Family.UNKNOWN),
        (10, Status.FAILED, Family.NETWORK),
        (11, Status.FAILED, Family.MESSAGE),
        (12, Status.FAILED, Family.GATEWAY),
        (100, Status.FAILED, Family.GATEWAY),
        (101, Status.FAILED, Family.GATEWAY),
    ],
)
@pytest.mark.parametrize("title", ["Delivered", "nicht zugestellt", None, {"no": "text"}])
def test_each_documented_code_whatever_its_title(code: int, status: Status, family: Family, title: object) -> None:
    for given in (code, str(code)):
        body = body_of(STATUS | {"status_id": given, "status_message": title})
        event = event_of(body, PHONES)
        assert (event.status, event.provider_status, event.error_family) == (status, str(code), family)
        assert one(body, PHONES).notice == ""


@pytest.mark.parametrize("code", [0, 4, 13, 99, 70, 77, -7, "07", "7 ", "x", ""])
def test_codes_that_nobody_published_are_unknown(code: int | str) -> None:
    body = body_of(STATUS | {"status_id": code, "status_message": "neu"})
    event = event_of(body, PHONES)
    assert (event.status, event.provider_status, event.error_text) == (Status.UNKNOWN, str(code), "neu")
    assert "status" in one(body, PHONES).notice


def test_a_failure_has_its_title_as_its_text() -> None:
    event = event_of(body_of(STATUS | {"status_id": 10, "status_message": "Not sent: no service"}), PHONES)
    assert event.error_text == "Not sent: no service"


@pytest.mark.parametrize("code", [5, "5"])
def test_an_incoming_marker_says_nothing_about_a_delivery(code: object) -> None:
    body = body_of(STATUS | {"status_id": code})
    assert one(body, PHONES).problem is None
    assert adapters["smsgateway24"].read(record_of(body, PHONES), PHONES) is None


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("delivered", Status.DELIVERED),
        ("sent", Status.SENT),
        ("undelivered", Status.UNDELIVERABLE),
        ("failed", Status.FAILED),
        ("Delivered", Status.UNKNOWN),
        ("not delivered", Status.UNKNOWN),
        ("DELIVRD", Status.UNKNOWN),
    ],
)
def test_the_words_of_the_article(word: str, status: Status) -> None:
    article = msgspec.json.decode(fixture("smsgateway24/webhook_article_delivery.json"))
    assert event_of(body_of(article | {"status": word}), PHONES).status is status


@pytest.mark.parametrize(
    ("given", "message_id"),
    [
        ("0913121205", "0913121205"),
        (22074938, "22074938"),
        ("22074938", "22074938"),
        (18446744073709551616, "18446744073709551616"),
        ("1e3", "1e3"),
        ("12.0", "12.0"),
        ("00", "00"),
        ("x" * 1024, "x" * 1024),
        ("é😀\0", "é😀\0"),
    ],
)
def test_an_id_is_text_to_the_digit(given: object, message_id: str) -> None:
    body = body_of(STATUS | {"sms_id": given})
    assert event_of(body, PHONES).message_id == message_id
    assert one(body, PHONES).key == f"phones/{message_id}"


@pytest.mark.parametrize("digits", ["9" * 30, "9" * 1000])
def test_an_integer_of_any_length_is_kept_to_the_digit(digits: str) -> None:
    assert one(b'{"sms_id": %s, "status_id": 7}' % digits.encode(), PHONES).key == f"phones/{digits}"


@pytest.mark.parametrize(
    "value",
    [b"12.0", b"1e3", b"true", b"false", b"[1]", b'{"id": 1}', b'"%s"' % (b"x" * 10_000), b"9" * 5000, b"1e999"],
)
@pytest.mark.parametrize("field", [b"sms_id", b"status_id", b"sendto"])
def test_what_has_no_one_text_is_refused_by_name(field: bytes, value: bytes) -> None:
    fields = {b"sms_id": b"1", b"status_id": b"7", b"sendto": b'"+4915752982212"'} | {field: value}
    element = one(b"{%s}" % b",".join(b'"%s":%s' % pair for pair in fields.items()), PHONES)
    assert element.problem is not None
    assert (element.problem.reason, element.problem.malformed) == ("bad_field", False)
    assert field.decode() in element.problem.detail


@pytest.mark.parametrize("given", [None, "", "0", 0])
def test_no_id_is_no_report(given: object) -> None:
    element = one(body_of(STATUS | {"sms_id": given}), PHONES)
    assert element.problem is not None
    assert element.problem.reason == "missing_id"


def test_a_missing_recipient_is_none_of_its_business() -> None:
    event = event_of(b'{"sms_id": 1, "status_id": 7}', PHONES)
    assert (event.recipient, event.country, event.occurred_at) == ("", "", ARRIVED)


@pytest.mark.parametrize(
    "senttime", ["soon", "0000-00-00 00:00:00", 0, True, [], {}, {"date": "x"}, "31.12.2026 10:00"]
)
def test_a_time_that_cannot_be_read_does_not_lose_the_report(senttime: object) -> None:
    body = body_of(STATUS | {"senttime": senttime})
    assert event_of(body, PHONES).occurred_at == ARRIVED
    assert "time" in one(body, PHONES).notice


def test_a_naive_time_is_in_the_zone_of_the_source() -> None:
    paris = msgspec.structs.replace(PHONES, timezone="Europe/Paris")
    assert event_of(body_of(STATUS), paris).occurred_at == ms("2026-03-29T12:46:09+02:00")
    assert event_of(body_of(STATUS), paris).identity == event_of(body_of(STATUS), PHONES).identity


def test_a_time_as_php_dumps_it() -> None:
    dump = {"date": "2023-11-02 22:46:09.000000", "timezone_type": 3, "timezone": "Europe/Paris"}
    event = event_of(body_of(STATUS | {"senttime": dump}), PHONES)
    assert event.occurred_at == ms("2023-11-02T22:46:09+01:00")
    later = event_of(body_of(STATUS | {"senttime": dump | {"date": "2023-11-02 22:46:10.000000"}}), PHONES)
    assert event.identity != later.identity


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"event": "battery_low", "device_id": 1},
        {"event": "delivery_status", "message_id": "1"},
        {"event": "incoming_sms", "message": "x"},
        {"event": ["delivery_status"], "status": "delivered"},
        {"body": "x"},
    ],
)
def test_unknown_shapes(fields: object) -> None:
    element = one(body_of(fields), PHONES)
    assert element.problem is not None
    assert (element.problem.reason, element.problem.malformed) == ("unknown_shape", False)
