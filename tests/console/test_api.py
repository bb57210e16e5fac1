"""The JSON behind the pages, and its description."""

import datetime as dt
from typing import Any

import pytest
import schemathesis.openapi
from hypothesis import given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.console.conftest import ALARM, Visitor
from tests.docs.sample import BRAZIL
from tests.support.installation import Installation

OPERATIONS = ("overview", "breakdown", "messages", "compare", "dead-letters", "standing", "v2/alerts")


def test_all_of_it_is_described_and_nothing_else(visitor: Visitor) -> None:
    described = visitor.get("/api/openapi.json").json()["paths"]
    assert set(described) == {f"/api/{name}" for name in OPERATIONS}
    assert {method for path in described.values() for method in path} == {"get"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_whatever_is_asked_is_answered_as_described(visitor: Visitor, name: str) -> None:
    described = schemathesis.openapi.from_dict(visitor.get("/api/openapi.json").json())
    operation = described[f"/api/{name}"]["GET"]

    @settings(max_examples=12)
    @given(operation.as_strategy())
    def ask(case: schemathesis.Case[Any]) -> None:
        # A text may be refused as no time at all, which no pattern says completely.
        case.call_and_validate(base_url=str(visitor.base_url), excluded_checks=[positive_data_acceptance])

    ask()


def test_it_says_what_the_pages_say(visitor: Visitor, console: Installation) -> None:
    (asked,) = console.sql("SELECT count() AS messages FROM messages")
    assert visitor.get("/api/overview").json()["day"]["total"]["messages"] == asked["messages"]
    dead = visitor.get("/api/dead-letters", params={"reason": "not_json"}).json()
    assert [one["reason"] for one in dead] == ["not_json"]
    masked = {one["recipient"] for one in visitor.get("/api/messages").json()}
    assert not any(number.lstrip("+").isdecimal() for number in masked)


def test_a_mistake_is_told_to_programs(visitor: Visitor) -> None:
    answer = visitor.get("/api/breakdown", params={"since": "yesterday"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "neither an age" in answer.json()["detail"]


def test_alarms_that_fire_are_told_as_alertmanager_tells_them(visitor: Visitor) -> None:
    [told] = [one for one in visitor.get("/api/v2/alerts").json() if one["fingerprint"] == ALARM]
    assert told["labels"] == {"alertname": "failures", "severity": "page", "source": BRAZIL, "country": "BR"}
    assert told["annotations"] == {"summary": f"{BRAZIL}, BR: failures", "description": "18 of 20"}
    assert told["status"] == {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": []}
    begins, seen, ends = (dt.datetime.fromisoformat(told[name]) for name in ("startsAt", "updatedAt", "endsAt"))
    assert begins < seen < ends
