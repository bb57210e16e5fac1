"""The warehouse killed, silent, cut off, out of memory, with too many parts, read-only, or without a table.

What time heals is waited for; what somebody has to mend stops the consumer with a word that says so. Acceptance goes on
through all of it, and in the end each acknowledged report is there once.
"""

import re
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.cluster.conftest import Stage
from tests.support.cluster import ClusterInstallation
from tests.support.load import assert_kept, load
from tests.support.waiting import until


def told_to_reload(delivrd: ClusterInstallation) -> None:
    """The consumer begins anew, as after a mistake was mended."""
    delivrd.signal("worker", signal.SIGHUP)
    until(lambda: not delivrd.problem("worker"), "the consumer is at work")


@contextmanager
def profile(delivrd: ClusterInstallation, **settings: int) -> Iterator[None]:
    """The writing user of the warehouse has these settings; the server is killed to take them over, and back."""
    users = delivrd.engine.folder / "users.xml"
    right = users.read_text()
    more = "".join(f"<{name}>{value}</{name}>" for name, value in settings.items())
    changed = re.sub(r"<writer>(\s*)<max_memory_usage>\d+</max_memory_usage>", rf"<writer>\1{more}", right, count=1)
    users.write_text(changed)
    assert changed != right
    delivrd.kill("engine")
    try:
        yield
    finally:
        users.write_text(right)
        delivrd.kill("engine")


@contextmanager
def writing(delivrd: ClusterInstallation, statement: str, undo: str) -> Iterator[None]:
    """Somebody does what nobody should, and takes it back."""
    with closing(delivrd.writer()) as writer:
        writer.command(statement)
        try:
            yield
        finally:
            writer.command(undo)


def errors(delivrd: ClusterInstallation) -> float:
    return delivrd.figure("worker", "delivrd_consumer_errors_total")


def test_killed_in_an_insert(delivrd: ClusterInstallation, url: str) -> None:
    with load(url, seed=31, pause=0) as senders:
        for _ in range(4):
            senders.more(200)
            delivrd.kill("engine")
        senders.more(100)
    assert (senders.broken, senders.refused) == (0, {})
    assert_kept(delivrd, senders)


def test_silent_and_then_gone(delivrd: ClusterInstallation, url: str) -> None:
    with load(url, seed=32) as senders:
        senders.more(100)
        delivrd.signal("engine", signal.SIGSTOP)
        senders.more(200)
        delivrd.kill("engine")
        senders.more(100)
    assert (senders.broken, senders.refused) == (0, {})
    assert_kept(delivrd, senders)


def test_slow_cut_off_and_broken_off(stage: Stage, url: str) -> None:
    delivrd, network = stage.delivrd, stage.to_clickhouse
    with load(url, seed=33) as senders:
        network.delay = 0.05
        senders.more(200)
        network.delay = 0
        network.cut()
        senders.more(200)
        network.mend()
        for _ in range(5):
            senders.more(50)
            network.hang_up()
        senders.more(50)
    assert (senders.broken, senders.refused) == (0, {})
    assert_kept(delivrd, senders)


def test_out_of_memory(delivrd: ClusterInstallation, url: str) -> None:
    with load(url, seed=34) as senders:
        with profile(delivrd, max_memory_usage=1000):
            before = errors(delivrd)
            until(lambda: errors(delivrd) > before, "the warehouse has no memory")
            senders.more(100)
        senders.more(50)
    assert_kept(delivrd, senders)


def test_too_many_parts(delivrd: ClusterInstallation, url: str) -> None:
    few = "parts_to_throw_insert = 1, parts_to_delay_insert = 1, max_delay_to_insert = 1"
    undo = "ALTER TABLE events RESET SETTING parts_to_throw_insert, parts_to_delay_insert, max_delay_to_insert"
    with load(url, seed=35) as senders:
        senders.more(100)
        with writing(delivrd, f"ALTER TABLE events MODIFY SETTING {few}", undo):
            before = errors(delivrd)
            until(lambda: errors(delivrd) > before, "the warehouse takes no more parts")
            senders.more(100)
        senders.more(50)
    assert_kept(delivrd, senders)


def test_read_only(delivrd: ClusterInstallation, url: str) -> None:
    with load(url, seed=36) as senders:
        senders.more(100)
        with profile(delivrd, readonly=1):
            until(lambda: "does not run" in delivrd.problem("worker"), "the consumer stops")
            assert "readonly" in delivrd.problem("worker")
            senders.more(100)
        told_to_reload(delivrd)
        senders.more(50)
    assert_kept(delivrd, senders)


@pytest.mark.parametrize("table", ["homes", "events", "chunks"])
def test_a_table_that_is_gone(delivrd: ClusterInstallation, url: str, table: str) -> None:
    """Moved away rather than dropped, so that the test can put it back as a restored copy would."""
    gone, back = f"RENAME TABLE {table} TO {table}_gone", f"RENAME TABLE {table}_gone TO {table}"
    with load(url, seed={"homes": 37, "events": 38, "chunks": 39}[table]) as senders:
        senders.more(100)
        with writing(delivrd, gone, back):
            until(lambda: "does not run" in delivrd.problem("worker"), "the consumer stops")
            assert table in delivrd.problem("worker")
            assert '"consumer_stopped"' in delivrd.output()
            senders.more(100)
        told_to_reload(delivrd)
        senders.more(50)
    assert_kept(delivrd, senders)
