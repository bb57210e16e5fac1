"""What the providers document, posted to the printed URLs, is an answer in SQL."""

import subprocess
from typing import Any

import pytest

from tests.e2e.bodies import INTEGRAX, SMSGATEWAY24, documented, integrax
from tests.support.installation import Installation
from tests.support.waiting import until

Rows = dict[tuple[str, str], dict[str, Any]]
"""By source and message id."""

JSON = "content-type: application/json"
STATUSES = {"DELIVRD": "delivered", "UNDELIV": "undeliverable", "EXPIRED": "expired", "REJECTD": "rejected"}
ZERO = "0913121205"
SECONDS = 10
"""Between the last answer and the last row; it takes a fraction of one, but this machine may have other work."""


@pytest.fixture(scope="module", autouse=True)
def posted(delivrd: Installation, urls: dict[str, str]) -> int:
    """All bodies, sent with curl, as somebody who tries delivrd would. How many there are."""
    bodies = [(SMSGATEWAY24, body) for body in documented("smsgateway24")]
    bodies += [(INTEGRAX, body) for body in documented("integrax")]
    bodies += [(INTEGRAX, integrax(f"with-{given}", given)) for given in STATUSES]
    bodies += [(INTEGRAX, integrax(ZERO))]
    for source, body in bodies:
        assert curl(urls[source], body) == "200"
    return len(bodies)


@pytest.fixture(scope="module")
def rows(delivrd: Installation, posted: int) -> tuple[Rows, Rows]:
    """Messages and inbound messages, as soon as all of them are there."""

    def look() -> tuple[Rows, Rows] | None:
        found = [delivrd.sql(f"SELECT * FROM {view}") for view in ("messages", "inbound")]
        if sum(map(len, found)) < posted:
            return None
        messages, inbound = ({(row["source"], row["message_id"]): row for row in view} for view in found)
        return messages, inbound

    return until(look, "all that was posted can be asked for", SECONDS)


@pytest.fixture(scope="module")
def messages(rows: tuple[Rows, Rows]) -> Rows:
    return rows[0]


@pytest.fixture(scope="module")
def inbound(rows: tuple[Rows, Rows]) -> Rows:
    return rows[1]


def curl(url: str, body: bytes) -> str:
    """The status of the answer."""
    command = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--data-binary", "@-", "-H", JSON, url]
    return subprocess.run(command, input=body, capture_output=True, check=True).stdout.decode()


def told(row: dict[str, Any], *names: str) -> list[Any]:
    return [row[name] for name in names]


def test_the_report_of_integrax_own_text(messages: Rows) -> None:
    row = messages[INTEGRAX, "abc123"]
    assert told(row, "provider", "recipient", "country", "state_at", "final_at") == [
        "integrax", "+5511999999999", "BR", "2026-04-12 10:30:00.000", "2026-04-12 10:30:00.000",
    ]  # fmt: skip
    assert told(row, "status", "is_final", "is_delivered", "provider_status") == ["delivered", 1, 1, "DELIVRD"]
    assert told(row, "told_by", "facts") == ["webhook", 1]


def test_the_report_of_integrax_sdk_has_no_time_so_that_its_arrival_stands_in(messages: Rows) -> None:
    row = messages[INTEGRAX, "82816396"]
    assert told(row, "recipient", "country", "status") == ["+5511999999999", "BR", "delivered"]
    assert row["state_at"] == row["first_seen_at"]


def test_the_status_of_smsgateway24s_documentation(messages: Rows) -> None:
    row = messages[SMSGATEWAY24, "62051117"]
    assert told(row, "recipient", "country", "status") == ["+4915752982212", "DE", "delivered"]
    assert told(row, "provider_status", "state_at") == ["7", "2026-03-29 12:46:09.000"]


def test_the_status_of_smsgateway24s_article(messages: Rows) -> None:
    row = messages[SMSGATEWAY24, "abc123"]
    assert told(row, "status", "is_delivered", "provider_status") == ["delivered", 1, "delivered"]
    assert told(row, "recipient", "state_at") == ["+1234567890", "2026-01-15 10:30:00.000"]


def test_the_incoming_messages_of_smsgateway24s_documentation(inbound: Rows) -> None:
    row = inbound[SMSGATEWAY24, "62051204"]
    assert told(row, "sender", "country", "device_id") == ["+4915752982212", "DE", "11231"]
    assert row["occurred_at"] == "2026-03-29 12:50:11.000"
    assert row["text"] == "", "the first settings do not keep texts"
    assert inbound[SMSGATEWAY24, "62051209"]["occurred_at"] == "2026-03-29 12:52:40.000"


def test_the_incoming_message_of_smsgateway24s_article_has_no_id_and_comes_in(inbound: Rows) -> None:
    [row] = [row for row in inbound.values() if row["sender"] == "+1234567890"]
    assert told(row, "occurred_at", "device_id") == ["2026-01-15 10:31:00.000", "device_xyz"]


@pytest.mark.parametrize(("given", "status"), STATUSES.items())
def test_each_status_of_integrax_is_final_and_one_of_them_is_a_delivery(
    messages: Rows, given: str, status: str
) -> None:
    row = messages[INTEGRAX, f"with-{given}"]
    assert told(row, "provider_status", "status", "is_final") == [given, status, 1]
    assert row["is_delivered"] == (given == "DELIVRD")


def test_an_id_keeps_its_leading_zero(messages: Rows) -> None:
    assert messages[INTEGRAX, ZERO]["message_id"] == "0913121205"


def test_nothing_else_came_of_it_and_the_audit_is_complete(
    delivrd: Installation, rows: tuple[Rows, Rows], posted: int
) -> None:
    found = delivrd.audit()
    assert (found["received"], found["stored"], found["missing"]) == (posted, posted, 0)
    assert sum(map(len, rows)) == posted
