import msgspec
import pytest

from schemas.adapter import Unreadable
from schemas.event import Kind, Origin
from schemas.providers import adapters
from schemas.providers.aatrox import STATUSES
from schemas.status import Family, Status
from tests.schemas.support import ARRIVED, SYDNEY, answer_events, body_of, fixture, ms, record_of, says_nothing

ASKED = {"question": "sms", "id": "0913121205"}
RECEIVE = {"question": "receive", "number": "61400000001"}
DETAILS = {"to_addr": "0412345678", "from_addr": "61400000001", "status": "delivered", "segment_count": 2}
ITEM = {"id": "in1", "from": "61412345678", "to": "61400000001", "text": "STOP", "time": "2026-04-12T10:31:00Z"}


def test_the_printed_answer() -> None:
    [event] = answer_events(fixture("aatrox/answers/sms_details.json"), ASKED, SYDNEY)
    assert (event.kind, event.origin, event.status, event.segments) == (Kind.REPORT, Origin.POLL, Status.DELIVERED, 1)
    assert (event.recipient, event.sender) == ("RecipientNumber", "SenderNumber")
    assert event.occurred_at == ARRIVED, "`Timestamp` is no time"


def test_the_id_is_that_which_was_asked_for() -> None:
    [event] = answer_events(body_of(DETAILS), ASKED, SYDNEY)
    assert (event.message_id, event.message_key) == ("0913121205", "0913121205")
    assert (event.recipient, event.country, event.sender, event.segments) == ("+61412345678", "AU", "+61400000001", 2)
    with pytest.raises(Unreadable, match="id"):
        answer_events(body_of(DETAILS), {"question": "sms"}, SYDNEY)


def test_without_what_was_asked_a_record_cannot_be_read() -> None:
    with pytest.raises(Unreadable):
        adapters["aatrox"].read(record_of(body_of(DETAILS), SYDNEY, type="delivrd.poll"), SYDNEY)


@pytest.mark.parametrize(("word", "status"), STATUSES.items())
def test_each_status(word: str, status: Status) -> None:
    [event] = answer_events(body_of({**DETAILS, "status": word}), ASKED, SYDNEY)
    assert (event.status, event.provider_status) == (status, word)


@pytest.mark.parametrize("word", ["parked", "Delivered", "undeliver", "deliveredd", "DELIVRD", "UNDELIV"])
def test_a_word_matches_whole_or_not_at_all_and_the_user_adds_more(word: str) -> None:
    body = body_of({**DETAILS, "status": word})
    [event] = answer_events(body, ASKED, SYDNEY)
    assert (event.status, event.provider_status, event.error_family) == (Status.UNKNOWN, word, Family.NONE)
    [element] = adapters["aatrox"].split_answer(body, ASKED, SYDNEY)
    assert "status" in element.notice
    [event] = answer_events(body, ASKED, msgspec.structs.replace(SYDNEY, statuses={word: Status.SENDING}))
    assert event.status is Status.SENDING


@pytest.mark.parametrize(
    "written",
    [
        "2026-04-12T10:30:00Z",
        "2026-04-12 20:30:00",
        1775989800,
        1775989800000,
        "1775989800",
        "2026-04-12T20:30:00+10:00",
    ],
)
def test_every_form_of_the_time(written: str | int) -> None:
    [event] = answer_events(body_of({**DETAILS, "status_at": written}), ASKED, SYDNEY)
    assert event.occurred_at == ms("2026-04-12T10:30:00Z")


def test_asked_again_it_is_the_same_fact_and_a_new_state_another() -> None:
    one, two, three = (
        answer_events(body_of({**DETAILS, "status": word, "status_at": 1775989800}), ASKED, SYDNEY)[0].identity
        for word in ("sent", "sent", "delivered")
    )
    assert one == two != three


@pytest.mark.parametrize("body", [{}, {"message": "Not Found"}, {"status": None}, {"status": ""}])
def test_an_answer_without_a_status_is_of_an_unknown_shape(body: object) -> None:
    with pytest.raises(Unreadable, match="status"):
        answer_events(body_of(body), ASKED, SYDNEY)


@pytest.mark.parametrize(
    "wrapped", [[ITEM], {"data": [ITEM], "from": 1}, {"messages": [ITEM]}, {"results": [ITEM]}, ITEM]
)
def test_what_came_in(wrapped: object) -> None:
    [event] = answer_events(body_of(wrapped), RECEIVE, SYDNEY)
    assert (event.kind, event.origin, event.message_id) == (Kind.INBOUND, Origin.POLL, "in1")
    assert (event.sender, event.recipient, event.country) == ("+61412345678", "+61400000001", "AU")
    assert event.occurred_at == ms("2026-04-12T10:31:00Z")


@pytest.mark.parametrize("written", ["text", "message", "body"])
@pytest.mark.parametrize("sender", ["from", "from_addr"])
def test_the_names_of_its_fields(written: str, sender: str) -> None:
    item = {"message_id": 7, sender: "61412345678", written: "STOP", "received_at": 1775989860}
    [event] = answer_events(body_of([item]), RECEIVE, msgspec.structs.replace(SYDNEY, store_text=True))
    assert (event.message_id, event.text, event.recipient) == ("7", "STOP", "+61400000001")
    assert event.occurred_at == ms("2026-04-12T10:31:00Z")


def test_a_message_without_an_id_is_named_by_its_content() -> None:
    nameless = {name: value for name, value in ITEM.items() if name != "id"}
    one, two = (answer_events(body_of({"data": [nameless]}), RECEIVE, SYDNEY)[0] for _ in range(2))
    [other] = answer_events(body_of([{**nameless, "text": "HELP"}]), RECEIVE, SYDNEY)
    assert len(one.message_id) == 32
    assert one.identity == two.identity != other.identity


@pytest.mark.parametrize(
    "empty", [[], {}, {"data": []}, {"data": None}, {"data": {}}, {"messages": []}, {"results": None}, {"results": {}}]
)
def test_every_form_of_nothing(empty: object) -> None:
    assert says_nothing(body_of(empty), RECEIVE, SYDNEY)


@pytest.mark.parametrize("name", ["data", "messages", "results"])
@pytest.mark.parametrize("inner", [None, [], {}, "x", {"text": "HELP"}])
def test_a_message_may_have_a_field_of_a_list_s_name(name: str, inner: object) -> None:
    for wrapped in ([{**ITEM, name: inner}], {"data": [{**ITEM, name: inner}]}, {**ITEM, name: inner}):
        [event] = answer_events(body_of(wrapped), RECEIVE, SYDNEY)
        assert event.message_id == "in1"


def test_one_that_cannot_be_read_is_not_nothing_for_such_a_field() -> None:
    [element] = adapters["aatrox"].split_answer(body_of([{**ITEM, "from": ["?"], "data": []}]), RECEIVE, SYDNEY)
    [again] = adapters["aatrox"].split_answer(element.body, RECEIVE, SYDNEY)
    assert element.problem
    assert again.problem


@pytest.mark.parametrize("name", ["data", "messages", "results"])
def test_one_message_in_place_of_the_list(name: str) -> None:
    [event] = answer_events(b"\xef\xbb\xbf" + body_of({name: ITEM}), RECEIVE, SYDNEY)
    assert event.message_id == "in1"


def test_another_shape_is_not_nothing() -> None:
    for odd in ({"inbox": [ITEM]}, {"data": [{"id": 1}]}, {"data": 5}):
        with pytest.raises(Unreadable):
            answer_events(body_of(odd), RECEIVE, SYDNEY)


def test_it_has_no_webhook() -> None:
    [element] = adapters["aatrox"].split(body_of(DETAILS), SYDNEY)
    assert element.problem
    assert element.problem.reason == "unknown_shape"
