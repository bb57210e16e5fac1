"""The figures from a warehouse, also of two shards: what a minute shows, whatever came late, twice or disordered."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from alerts.figures import Heard, Minute, Outcome
from alerts.lateness import bucket
from alerts.reading import minutes, oldest_minute
from alerts.scope import Scope
from pipeline.warehouse import Warehouse
from schemas.identity import id_hash, message_hash

FIRST = 29_460_000
VIVO = Scope("a", "BR", "vivo")


class Told:
    """Events of messages, in the order in which they were heard; a time is minutes since FIRST."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []
        self.homes: dict[str, int] = {}

    def event(
        self, name: str, at: float, status: str, *, family: str = "", kind: str = "report", reading: int = 1
    ) -> None:
        """One event. Equal names, kinds and statuses are the same fact."""
        ms = int((FIRST + at) * 60_000)
        self.rows.append(
            {
                "home": self.homes.setdefault(name, ms),
                "message": message_hash(False, "a", name),
                "identity": id_hash(f"{name} {kind} {status}"),
                "reading": reading,
                "kind": kind,
                "source": "a",
                "provider": "integrax",
                "origin": "webhook",
                "message_id": name,
                "message_key": name,
                "status": status,
                "error_family": family,
                "occurred_at": ms,
                "received_at": ms,
                "country": "BR",
                "carrier": "vivo",
                "log": UUID(int=1),
            }
        )

    def submitted(self, name: str, at: float) -> None:
        """A submission."""
        self.event(name, at, "accepted", kind="submission")

    def store(self, warehouse: Warehouse) -> None:
        """Put all into the warehouse, each event in a block of its own, so that merges have something to do."""
        for number, row in enumerate(self.rows):
            warehouse.insert("events", {name: [value] for name, value in row.items()}, f"events {number}")
        warehouse.insert(
            "homes",
            {
                "id_hash": [id_hash(name) for name in self.homes],
                "message": [message_hash(False, "a", name) for name in self.homes],
                "home": list(self.homes.values()),
            },
            "homes",
        )


def asked(warehouse: Warehouse, count: int = 10, block: int = 60) -> list[Minute]:
    return [
        Minute(one.minute - FIRST, [*one.heard], one.records, one.told)
        for one in minutes(warehouse, FIRST, FIRST + count, block)
    ]


def rows(found: Sequence[Minute]) -> dict[int, list[Heard]]:
    return {one.minute: list(one.heard) for one in found if one.heard}


def test_what_is_heard_of_messages(either: Warehouse) -> None:
    told = Told()
    for name, at in (("one", 0.1), ("two", 0.2), ("three", 0.3)):
        told.submitted(name, at)
    told.event("one", 0.2, "delivered")
    told.event("two", 1.2, "failed", family="network")
    told.event("three", 2.3, "undeliverable", family="unknown_number")
    told.event("alone", 3.0, "failed")
    told.store(either)
    found = rows(asked(either))
    assert found == {
        0: [
            Heard(VIVO, Outcome.DELIVERED, FIRST, bucket(6_000), 1),
            Heard(VIVO, Outcome.SUBMITTED, FIRST, None, 3),
        ],
        1: [Heard(VIVO, Outcome.BAD, FIRST, bucket(60_000), 1)],
        2: [Heard(VIVO, Outcome.RECIPIENT, FIRST, bucket(120_000), 1)],
        3: [Heard(VIVO, Outcome.UNCLASSED, None, None, 1)],
    }


def test_a_message_counts_once_in_its_first_end(either: Warehouse) -> None:
    told = Told()
    told.submitted("one", 0.0)
    told.event("one", 0.5, "sent")
    told.event("one", 1.0, "failed", family="network")
    told.event("one", 1.0, "failed", family="network")
    told.event("one", 2.0, "delivered")
    told.store(either)
    assert {minute: [row.outcome for row in heard] for minute, heard in rows(asked(either)).items()} == {
        0: [Outcome.SUBMITTED],
        1: [Outcome.BAD],
    }


def test_a_report_before_its_submission_says_nothing_of_delays(warehouse: Warehouse) -> None:
    told = Told()
    told.event("one", 0.0, "delivered")
    told.submitted("one", 1.0)
    told.store(warehouse)
    assert rows(asked(warehouse)) == {
        0: [Heard(VIVO, Outcome.DELIVERED, None, None, 1)],
        1: [Heard(VIVO, Outcome.SUBMITTED, None, None, 1)],
    }


def test_what_comes_hours_later_is_not_in_the_alarm(warehouse: Warehouse) -> None:
    told = Told()
    told.submitted("one", 0.0)
    told.event("one", 119.0, "failed", family="network")
    told.submitted("two", 0.0)
    told.event("two", 121.0, "failed", family="network")
    told.store(warehouse)
    found = rows(asked(warehouse, 130, block=1))
    assert {minute: [row.outcome for row in heard] for minute, heard in found.items()} == {
        0: [Outcome.SUBMITTED],
        119: [Outcome.BAD],
    }


@pytest.mark.parametrize("block", [1, 7])
def test_a_minute_is_the_same_however_many_are_asked_for(either: Warehouse, block: int) -> None:
    told = Told()
    for number in range(60):
        name, at = f"message {number}", number / 4
        if number % 3:
            told.submitted(name, at)
        told.event(name, at + number % 7, "delivered" if number % 5 else "failed", family="")
        if number % 4 == 0:
            told.submitted(name, at + 6)
        if number % 11 == 0:
            told.event(name, at + number % 7, "delivered" if number % 5 else "failed", reading=2)
    told.store(either)
    assert asked(either, 30, block) == asked(either, 30)


def test_records_and_who_is_heard(either: Warehouse) -> None:
    told = Told()
    told.event("one", 0.5, "delivered")
    told.event("one", 0.6, "delivered")
    told.store(either)
    either.insert(
        "dead_letters",
        {
            "id": [1, 2],
            "source": ["a", "b"],
            "type": ["delivrd.webhook", "delivrd.import"],
            "received_at": [(FIRST + 1) * 60_000, (FIRST + 1) * 60_000],
            "log": [UUID(int=1)] * 2,
        },
        "dead",
    )
    found = asked(either, 2)
    assert [(one.records, one.told) for one in found] == [
        ({"a": (1, 0)}, frozenset({"a"})),
        ({"a": (0, 1), "b": (0, 1)}, frozenset({"a"})),
    ]


def test_the_oldest_minute(either: Warehouse) -> None:
    assert oldest_minute(either, FIRST) is None
    told = Told()
    told.submitted("one", 5.0)
    told.store(either)
    assert oldest_minute(either, FIRST) == FIRST + 5
    assert oldest_minute(either, FIRST + 6) is None
