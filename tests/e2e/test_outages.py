"""What happens beside the reports (an outage, changed settings, an end and a new start) costs none of them."""

import re
import signal
from contextlib import closing

from tests.e2e.bodies import INTEGRAX, integrax
from tests.support.installation import Installation, post
from tests.support.load import assert_kept, load
from tests.support.waiting import until


def pending(delivrd: Installation, code: int) -> int:
    """The number of pending records as `delivrd status` tells it, which ends with this code."""
    told = re.search(r"^pending\t(\d+) records", delivrd.run("status", code=code).stdout.decode(), re.MULTILINE)
    assert told
    return int(told[1])


def test_a_warehouse_that_is_away_costs_no_report(delivrd: Installation, urls: dict[str, str]) -> None:
    with load(urls[INTEGRAX], seed=1) as senders:
        senders.more()
        delivrd.signal("engine", signal.SIGSTOP)
        try:
            senders.more(100)
            assert pending(delivrd, code=1) > 0
            senders.more(100)
        finally:
            delivrd.signal("engine", signal.SIGCONT)
    assert (senders.broken, senders.refused) == (0, {}), "who sends must not notice"
    assert_kept(delivrd, senders)
    assert pending(delivrd, code=0) == 0


def test_changed_settings_are_taken_over_without_a_request_lost(delivrd: Installation, urls: dict[str, str]) -> None:
    settings = delivrd.folder.config.read_text()
    with load(urls[INTEGRAX], seed=2) as senders:
        for number in range(3):
            senders.more()
            settings += f'\n[sources.account-{number}]\nprovider = "integrax"\nregion = "BR"\n'
            delivrd.configure(settings)
            delivrd.run("reload")
            added = delivrd.urls()
            assert post(added[f"account-{number}"], integrax(f"to account {number}")).status_code == 200
        senders.more()
    assert (senders.broken, senders.refused) == (0, {})
    assert {name: added[name] for name in urls} == urls, "what was there keeps its URL"
    assert_kept(delivrd, senders)
    told = delivrd.sql("SELECT source, message_id FROM messages WHERE source LIKE 'account-%' ORDER BY source")
    assert told == [{"source": f"account-{number}", "message_id": f"to account {number}"} for number in range(3)]


def test_settings_with_a_mistake_change_nothing(delivrd: Installation, urls: dict[str, str]) -> None:
    right = delivrd.folder.config.read_text()
    delivrd.configure(right.replace('provider = "integrax"', 'provider = "nobody"', 1))
    try:
        assert b"integrax-br.provider" in delivrd.run("reload", code=1).stderr
        assert post(urls[INTEGRAX], integrax("by the old settings")).status_code == 200
    finally:
        delivrd.configure(right)


def test_an_end_under_load_loses_nothing_and_the_next_start_goes_on(
    delivrd: Installation, urls: dict[str, str]
) -> None:
    with load(urls[INTEGRAX], seed=3) as senders:
        senders.more(300)
        assert delivrd.stop(signal.SIGINT) == 0
        until(lambda: senders.broken, "the senders notice")
        delivrd.start()
        senders.more()
    assert_kept(delivrd, senders)


def everything(delivrd: Installation) -> list[object]:
    """Every row of every view, and the files that people edit."""
    with closing(delivrd.reader()) as reader:
        views = ("messages", "events", "inbound", "dead_letters", "chunks")
        rows: list[object] = [reader.query(f"SELECT * FROM {view} ORDER BY ALL") for view in views]
    return [*rows, delivrd.folder.config.read_bytes(), delivrd.folder.secrets.read_bytes()]


def test_a_second_start_finds_everything_as_it_was(delivrd: Installation, urls: dict[str, str]) -> None:
    for body in (integrax("as it was"), b'{"hello": "world"}'):
        post(urls[INTEGRAX], body)
    delivrd.audit()
    before = everything(delivrd)
    assert all(before[:2]), "there was something to be found"
    assert delivrd.stop(signal.SIGTERM) == 0
    delivrd.start()
    assert everything(delivrd) == before
    delivrd.audit()
