"""A number is taken out of every table, on one server and on two shards, and what comes later meets what is left."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from consumers import forgotten_figures
from consumers.forgetting import listed
from consumers.forgotten_tables import forget_stored
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Setup, Warehouse
from schemas.forgotten import Forgotten
from schemas.record import RecordType
from tests.services import empty, work_out
from tests.shards import Served
from tests.support.consuming import NOW, SOURCES, Installed, Request
from tests.support.saying import INTEGRAX, SMSGATEWAY24, Spoken
from tests.support.waiting import until

KEY = "a key of these tests"
NUMBER, OTHER = "+5511912345678", "+5511888880020"
FORGOTTEN = Forgotten(KEY, [Forgotten(KEY).hash_of(NUMBER)])
FIGURES = [
    f"SELECT * EXCEPT ({words}) FROM delivrd.{view} ORDER BY ALL"
    for view, words in (
        ("messages", "recipient, sender, customer_ref, error_text, message_id"),
        ("inbound", "recipient, sender, text, message_id"),
        ("deliveries", "as_of, error_text, example, from_submission, from_first_sight"),
    )
]
CLEARED = {
    "events": "message_id message_key recipient sender provider_status error_code error_text customer_ref text extra",
    "messages": "message_id details to_number from_number customer",
    "devices": "title sims",
    "dead_letters": "context body",
    "hourly": "provider_status error_code error_text example",
    "daily": "provider_status error_code error_text example",
}
"""The columns that `forget` changes."""
ROUTE = "source provider channel country carrier number_type currency"
NAMES_NOBODY = {
    "events": f"{ROUTE} device_id",
    "messages": "source provider channel price",
    "devices": "source provider device_id app_version",
    "dead_letters": "source provider type reason detail request_id content_type",
    "hourly": ROUTE,
    "daily": ROUTE,
    "balances": "source provider currency",
    "heard": "source provider type",
    "readings": "digest",
    "known_sources": "source provider region",
}
"""Words of the settings, of the program, and of the numbering data, and the ids of one's own phones. So are those of
all that begins with `alert`.
"""

SLOW = (
    "CREATE MATERIALIZED VIEW {0}.slow REFRESH EVERY 1 YEAR APPEND TO {0}.hourly EMPTY DEFINER = CURRENT_USER "
    "SQL SECURITY DEFINER AS SELECT * FROM {0}.newest_hourly WHERE sleepEachRow(0.5) = 0 SETTINGS max_block_size = 1"
)
"""A view that works figures out as they were."""


@pytest.fixture
def store(served: Served) -> Iterator[Warehouse]:
    client = served.writer()
    empty(client)
    yield client
    empty(client)
    client.close()


def said(number: int, source: str, way: RecordType, **body: object) -> Request:
    spoken = Spoken(source, json.dumps(body).encode(), None, way=way)
    return Request(NOW - 3_600_000 + number, (spoken,))


@pytest.fixture
def place(tmp_path: Path, store: Warehouse) -> Installed:
    """Twenty messages of two people, in every table."""
    place = Installed(tmp_path)
    requests = []
    for number in range(20):
        person = NUMBER if number % 2 else OTHER
        sent = {"message_id": f"m-{number}", "recipient": person, "customer_ref": f"ref {number}"}
        if number % 5 == 0:
            sent |= {"status": "failed", "error_text": f"{NUMBER} is barred"}
        requests.append(said(number, INTEGRAX, RecordType.SUBMISSION, **sent))
        requests.append(
            said(number, INTEGRAX, RecordType.WEBHOOK, messageId=f"m-{number}", phone=person, status="EXPIRED")
        )
    for number, status in enumerate(("EXPIRED", "UNDELIV", "DELIVRD")):
        report = {"messageId": f"{number} {NUMBER}", "phone": OTHER, "status": status}
        requests.append(said(30 + number, INTEGRAX, RecordType.WEBHOOK, **report))
    requests.append(said(40, SMSGATEWAY24, RecordType.WEBHOOK, address=NUMBER, body="hello", sms_id=5, type="text"))
    requests.append(said(41, INTEGRAX, RecordType.WEBHOOK, odd=NUMBER))
    cards = [{"Slot": "0", "Number": f" {NUMBER[1:]}"}, {"Slot": "1", "Number": OTHER}]
    phones = json.dumps({"count": 1, "device": {"7": {"id": 7, "title": "Ann", "siminfo": cards}}}).encode()
    asked = (("question", "getalldevices"),)
    requests.append(Request(NOW, (Spoken(SMSGATEWAY24, phones, None, way=RecordType.POLL, asked=asked),)))
    place.receive(requests)
    place.consume(store, 50)
    return place


def figures(store: Warehouse) -> list[list[tuple[object, ...]]]:
    work_out(store)
    return [store.query(query) for query in FIGURES]


def forget(store: Warehouse) -> list[int]:
    if not listed(store, KEY):
        store.command(load_sql("forget/list"), {"number": FORGOTTEN.hash_of(NUMBER), "check": FORGOTTEN.check})
    done = forget_stored(store, NUMBER, FORGOTTEN, SOURCES, NOW)
    return [sum(counts) for counts in zip(*done, strict=True)]


def holding(store: Warehouse) -> set[tuple[str, str]]:
    """The columns that hold the number anywhere, of every server's tables."""
    found = set()
    for server in store.each():
        local = server.servers.local
        for table, column in columns(server):
            has = f"position(toString({column}), '{NUMBER[1:]}') > 0"
            if server.query(f"SELECT count() FROM {local}.{table} WHERE {has}") != [(0,)]:
                found.add((table, column))
    return found


def columns(server: Warehouse) -> list[tuple[str, str]]:
    """All that hold text."""
    found = server.query(
        "SELECT table, name FROM system.columns WHERE database = {database:String} AND type LIKE '%String%' "
        "AND table IN (SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree') "
        "AND table != 'migrations'",
        {"database": server.servers.local},
    )
    return [(table, column) for table, column in found]


def test_it_is_in_no_table_and_no_figure_moves(place: Installed, store: Warehouse) -> None:
    before = figures(store)
    assert {table for table, _ in holding(store)} == set(CLEARED)
    [events, messages, letters, days] = forget(store)
    assert (events >= 22, messages, letters, days >= 1) == (True, 17, 1, True)
    assert holding(store) == set()
    assert figures(store) == before
    assert store.query("SELECT title, sims.slot, sims.number FROM delivrd.devices") == [("Ann", ["0", "1"], ["", ""])]
    hashes = "SELECT uniqExact(message) FROM recipients WHERE recipient_hash = xxh3({number:String})"
    assert store.query(hashes, {"number": NUMBER}) == [(0,)]
    assert store.query(hashes, {"number": OTHER}) == [(13,)]
    assert forget(store) == [0, 0, 0, 0]


@pytest.mark.parametrize("step", range(1, 6))
def test_cut_off_after_any_step_it_is_done_again(
    place: Installed, store: Warehouse, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    class CutOff(Exception):
        pass

    steps = itertools.count(0)  # the first one puts it on the list
    command = Warehouse.command

    def cut_off(self: Warehouse, *arguments: Any) -> None:
        command(self, *arguments)
        if next(steps) == step:
            raise CutOff

    with monkeypatch.context() as patch:
        patch.setattr(Warehouse, "command", cut_off)
        with pytest.raises(CutOff):
            forget(store)
    forget(store)
    assert holding(store) == set()
    hashes = "SELECT count() FROM recipients WHERE recipient_hash = xxh3({number:String})"
    assert store.query(hashes, {"number": NUMBER}) == [(0,)]


def test_what_comes_later_is_what_is_left(place: Installed, store: Warehouse) -> None:
    forget(store)
    before = figures(store)
    place.replay()
    place.consume(store, 7, forget_key=KEY)
    assert figures(store) == before
    assert holding(store) == set()


def test_figures_that_are_being_worked_out_bring_nothing_back(
    place: Installed, store: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they are made of may have been read before it was changed."""
    figures(store)
    for server in store.each():
        server.command(SLOW.format(server.servers.local))
    command = Warehouse.command

    def beside_a_run(self: Warehouse, sql: str, *arguments: Any) -> None:
        command(self, sql, *arguments)
        if sql == load_sql("forget/events"):
            place = {"database": self.servers.local, "view": "slow"}
            command(self, f"SYSTEM REFRESH VIEW {self.servers.local}.slow")
            until(lambda: self.query(load_sql("rollups/running"), place), "it works")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(forgotten_figures, "HOURS", "slow")
        meanwhile.setattr(Warehouse, "command", beside_a_run)
        forget(store)
    for server in store.each():
        server.command(f"SYSTEM WAIT VIEW {server.servers.local}.slow")
        server.command(f"DROP VIEW {server.servers.local}.slow")
    assert holding(store) == set()


def test_a_consumer_without_the_key_stores_nothing(place: Installed, store: Warehouse) -> None:
    forget(store)
    place.replay()
    for key in ("", "another key, of the same length"):
        with pytest.raises(Setup, match=r"forget\.key"):
            place.consume(store, 50, forget_key=key)
    assert holding(store) == set()


def test_every_column_was_thought_of(store: Warehouse) -> None:
    server = next(iter(store.each()))
    known = {(table, name) for each in (CLEARED, NAMES_NOBODY) for table in each for name in each[table].split()}
    assert {one for one in columns(server) if not one[0].startswith("alert")} == known
