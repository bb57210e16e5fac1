"""The same told again changes no figure, whoever tells it and when; and what is taken away is missed."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from tests.e2e.bodies import INTEGRAX, SMSGATEWAY24, documented, incoming, integrax, smsgateway24
from tests.e2e.conftest import Install
from tests.support.installation import Installation, post

FIGURES = {
    "messages": "SELECT * EXCEPT (home, first_seen_at) FROM messages ORDER BY ALL",
    "inbound": "SELECT * EXCEPT (home, received_at) FROM inbound ORDER BY ALL",
    "facts": "SELECT source, status, count() AS facts FROM events GROUP BY ALL ORDER BY ALL",
    "dead letters": "SELECT id, reason, detail FROM dead_letters ORDER BY ALL",
}
UNREADABLE = [b'{"hello": "world"}', b"not even JSON"]


def figures(delivrd: Installation) -> dict[str, list[dict[str, Any]]]:
    return {name: delivrd.sql(query) for name, query in FIGURES.items()}


def everything() -> list[tuple[str, bytes]]:
    """What is documented, every status, one message with a history, and what cannot be read; all with their times."""
    bodies = [(INTEGRAX, body) for body in documented("integrax") if b"timestamp" in body]
    bodies += [(SMSGATEWAY24, body) for body in documented("smsgateway24")]
    bodies += [
        (INTEGRAX, integrax(f"with-{word}", word)) for word in ("DELIVRD", "UNDELIV", "EXPIRED", "REJECTD", "NEW")
    ]
    bodies += [(SMSGATEWAY24, smsgateway24(7, code)) for code in (1, 3, 2, 6, 8, 7)]
    bodies += [(SMSGATEWAY24, incoming(7))]
    bodies += [(source, body) for source in (INTEGRAX, SMSGATEWAY24) for body in UNREADABLE]
    return bodies


def test_the_same_three_times_in_any_order_in_parallel_changes_no_figure(
    delivrd: Installation, urls: dict[str, str]
) -> None:
    bodies = everything()
    for source, body in bodies:
        assert post(urls[source], body).status_code in (200, 202, 400)
    before = delivrd.audit()
    once = figures(delivrd)
    assert before["repeated"] == 0
    again = bodies * 3
    random.Random(1).shuffle(again)
    with ThreadPoolExecutor(8) as pool:
        codes = set(pool.map(lambda told: post(urls[told[0]], told[1]).status_code, again))
    assert codes <= {200, 202, 400}
    after = delivrd.audit()
    assert figures(delivrd) == once
    assert after == before | {"received": before["received"] + len(again), "repeated": len(again)}
    assert before["stored"] + before["dead_lettered"] == len(bodies)


def test_two_hundred_at_once_with_the_same_report_are_one_fact(delivrd: Installation, urls: dict[str, str]) -> None:
    """Without a time of the provider's: the first arrival stands in, once and for all."""
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(lambda _: post(urls[INTEGRAX], integrax("crowd", time="")).status_code, range(200))) == {
            200
        }
    delivrd.audit()
    [row] = delivrd.sql("SELECT facts, state_at = first_seen_at AS same FROM messages WHERE message_id = 'crowd'")
    assert row == {"facts": 1, "same": 1}
    [told] = delivrd.sql("SELECT count() AS told FROM events WHERE message_id = 'crowd'")
    assert int(told["told"]) == 1


@pytest.fixture
def fresh(install: Install, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with install(tmp_path_factory.mktemp("repeats") / "data") as installation:
        yield installation


TAKEN = {
    "a fact": ("events", "message_id = 'one'"),
    "a message": ("messages", "message_id = 'two'"),
    "a home": ("homes", "id_hash = xxh3('three')"),
    "an inbound message": ("events", "kind = 'inbound'"),
    "the way from a number": ("recipients", "recipient_hash = xxh3('+4915752982212')"),
    "a dead letter": ("dead_letters", "reason = 'unknown_shape'"),
}


def test_a_row_that_is_taken_away_by_hand_is_missed(fresh: Installation) -> None:
    urls = fresh.urls()
    for source, body in [
        *((INTEGRAX, integrax(name)) for name in ("none", "one", "two", "three")),
        (SMSGATEWAY24, smsgateway24(62051117)),
        (SMSGATEWAY24, incoming(7)),
        (INTEGRAX, b'{"hello": "world"}'),
    ]:
        post(urls[source], body)
    assert fresh.audit()["missing"] == 0
    with closing(fresh.writer()) as writer:
        for table, where in TAKEN.values():
            writer.command(f"DELETE FROM {table} WHERE {where}")
        found = fresh.audit(complete=False)
        assert found["missing"] == len(found["missing_offsets"]) == len(TAKEN)
        writer.command("TRUNCATE TABLE chunks")
        assert fresh.audit(complete=False)["gaps"]
