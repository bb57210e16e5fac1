"""What was read wrongly, or could not be read, is right after a correction, once, and at no moment double."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import pytest

from tests.e2e.bodies import INTEGRAX, SMSGATEWAY24, incoming, integrax, smsgateway24
from tests.support.installation import Installation, post

MANY = 2000
WRONG = """
[sources.integrax-br]
provider = "integrax"
region = "BR"
statuses = { BLOCKED = "delivered" }

[sources.smsgateway24]
provider = "smsgateway24"
"""
RIGHT = WRONG.replace('BLOCKED = "delivered"', 'BLOCKED = "undeliverable"').replace(
    'provider = "smsgateway24"', 'provider = "smsgateway24"\nstore_text = true'
)
EXTRA = '\n[sources.extra]\nprovider = "integrax"\nregion = "BR"\n'


@pytest.fixture(scope="module")
def wrong(delivrd: Installation, urls: dict[str, str]) -> Installation:
    """Under settings that are not right, of which nobody knows yet."""
    delivrd.configure(WRONG)
    delivrd.run("reload")
    return delivrd


def state_of(delivrd: Installation, message_id: str) -> dict[str, Any]:
    [row] = delivrd.sql(f"SELECT status, is_delivered, facts FROM messages WHERE message_id = '{message_id}'")
    return row


def everything(delivrd: Installation) -> list[list[tuple[Any, ...]]]:
    """Every row of the views that tell of messages, whatever the reading."""
    with closing(delivrd.reader()) as reader:
        return [
            reader.query(f"SELECT * {beside} FROM {view} ORDER BY ALL")
            for view, beside in [
                ("messages", ""),
                ("inbound", ""),
                ("events", "EXCEPT (reading)"),
                ("dead_letters", "EXCEPT (changed_at)"),
            ]
        ]


FIGURES = """
    SELECT count(), sum(facts), countIf(status = 'delivered' AND is_delivered),
        countIf(status = 'undeliverable' AND NOT is_delivered)
    FROM messages WHERE startsWith(message_id, 'many-')
"""


@contextmanager
def watching(delivrd: Installation) -> Iterator[list[tuple[int, ...]]]:
    """FIGURES as they were, again and again within the block."""
    seen: list[tuple[int, ...]] = []
    ended = threading.Event()

    def watch() -> None:
        with closing(delivrd.reader()) as reader:
            while not ended.wait(0.01):
                seen.extend(reader.query(FIGURES))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def test_a_status_that_was_read_wrongly_is_right_after_a_replay_and_nothing_doubles_on_the_way(
    wrong: Installation, urls: dict[str, str]
) -> None:
    reports = [json.loads(integrax(f"many-{number}", "BLOCKED")) for number in range(MANY)]
    for start in range(0, MANY, 500):
        assert post(urls[INTEGRAX], json.dumps(reports[start : start + 500]).encode()).status_code == 200
    post(urls[INTEGRAX], integrax("later delivered", "BLOCKED"))
    post(urls[INTEGRAX], integrax("later delivered", "DELIVRD", "2026-04-12T10:31:00Z"))
    post(urls[SMSGATEWAY24], incoming(7, "Danke"))
    before = wrong.audit()
    assert state_of(wrong, "many-1") == {"status": "delivered", "is_delivered": 1, "facts": 1}

    wrong.configure(RIGHT)
    with watching(wrong) as seen:
        wrong.run("reload")
        wrong.run("replay")
    with closing(wrong.reader()) as reader:
        [last] = reader.query(FIGURES)
    assert last == (MANY, MANY, 0, MANY)
    assert (MANY, MANY, MANY, 0) in seen, "somebody looked while all was still wrong"
    for messages, facts, delivered, undeliverable in seen:
        assert (messages, facts, delivered + undeliverable) == (MANY, MANY, MANY)
    assert state_of(wrong, "later delivered") == {"status": "delivered", "is_delivered": 1, "facts": 2}
    assert wrong.sql("SELECT text FROM inbound") == [{"text": "Danke"}], "a setting that was corrected as well"

    after = wrong.audit()
    assert after["stored"] == before["stored"]
    assert after["repeated"] == before["repeated"] + before["received"], "each copy is its original told again"


def test_a_second_replay_changes_nothing(wrong: Installation, urls: dict[str, str]) -> None:
    post(urls[SMSGATEWAY24], smsgateway24(1, 3))
    post(urls[SMSGATEWAY24], smsgateway24(1, 7))
    post(urls[SMSGATEWAY24], incoming(8))
    post(urls[INTEGRAX], b"not JSON")
    wrong.run("replay")
    once = everything(wrong)
    assert all(once)
    wrong.run("replay")
    assert everything(wrong) == once
    wrong.audit()


def open_letters(delivrd: Installation, state: str = "open") -> dict[str, str]:
    """The reason of each, by its id, from `delivrd dead list`."""
    names, *rows = delivrd.run_here("dead", "list", "--state", state).decode().splitlines()
    letters = [dict(zip(names.split("\t"), row.split("\t"), strict=True)) for row in rows]
    return {letter["id"]: letter["reason"] for letter in letters}


def test_reports_of_a_source_that_is_not_configured_come_in_once_when_it_is(
    delivrd: Installation, urls: dict[str, str]
) -> None:
    """The source is taken from the settings while what came for it still waits in the log."""
    settings, secrets = delivrd.folder.config.read_text(), delivrd.folder.secrets.read_text()
    delivrd.configure(settings + EXTRA)
    delivrd.run("reload")
    url = delivrd.urls()["extra"]
    delivrd.signal("engine", signal.SIGSTOP)
    bodies = [integrax(f"extra-{number}") for number in range(3)]
    for body in bodies:
        assert post(url, body).status_code == 200
    engine = delivrd.pid("engine")
    delivrd.kill_supervisor()
    os.kill(engine, signal.SIGKILL)
    delivrd.configure(settings)
    delivrd.folder.secrets.write_text(secrets)
    delivrd.start()
    delivrd.audit()
    letters = [id_ for id_, reason in open_letters(delivrd).items() if reason == "unknown_source"]
    assert len(letters) == len(bodies)
    shown = delivrd.run("dead", "show", letters[0]).stdout.decode()
    assert "unknown_source" in shown
    assert {delivrd.run_here("dead", "show", id_, "--body") for id_ in letters} == set(bodies)

    assert b"extra" in delivrd.run("dead", "replay", letters[0], code=1).stderr, "it still cannot be read"
    delivrd.configure(settings + EXTRA)
    delivrd.run("reload")
    delivrd.run("dead", "replay", letters[0])
    with ThreadPoolExecutor(2) as pool:
        # Whichever comes later may find nothing to do.
        both = list(
            pool.map(lambda _: delivrd.run_apart("dead", "replay", "--reason", "unknown_source", code=None), range(2))
        )
    assert 0 in {one.returncode for one in both}
    delivrd.run("replay")
    assert b"replayed already" in delivrd.run("dead", "replay", letters[0]).stderr
    rows = delivrd.sql("SELECT message_id, status, facts FROM messages WHERE source = 'extra' ORDER BY message_id")
    assert rows == [{"message_id": f"extra-{number}", "status": "delivered", "facts": 1} for number in range(3)]
    [told] = delivrd.sql("SELECT toUInt32(count()) AS told FROM events WHERE source = 'extra'")
    assert told == {"told": 3}
    assert not open_letters(delivrd).keys() & set(letters)
    delivrd.audit()


def test_what_is_discarded_stays_so(delivrd: Installation, urls: dict[str, str]) -> None:
    body = b'{"to be": "thrown away"}'
    post(urls[INTEGRAX], body)
    before = delivrd.audit()
    [letter] = [id_ for id_ in open_letters(delivrd) if delivrd.run_here("dead", "show", id_, "--body") == body]
    delivrd.run("dead", "discard", letter)
    post(urls[INTEGRAX], body)
    after = delivrd.audit()
    assert letter not in open_letters(delivrd)
    assert letter in open_letters(delivrd, "discarded")
    assert (after["repeated"], after["dead_lettered"]) == (before["repeated"] + 1, before["dead_lettered"])
    assert delivrd.run_here("dead", "show", letter, "--body") == body
