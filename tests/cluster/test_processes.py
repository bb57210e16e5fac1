"""A process that dies, sleeps, comes or goes under load costs nothing that was acknowledged, and doubles nothing."""

import signal
import time

from tests.cluster.conftest import Stage
from tests.support.cluster import SESSION, ClusterInstallation
from tests.support.load import assert_kept, load
from tests.support.proxy import proxy
from tests.support.waiting import until


def partitions_of(delivrd: ClusterInstallation, part: str) -> bool:
    """Whether a consumer has something to do."""
    return delivrd.figure(part, "delivrd_chunk_records_total") > 0


def test_receivers_and_consumers_killed(delivrd: ClusterInstallation, url: str) -> None:
    with load(url, seed=11) as senders:
        for part in ("intake", "worker", "intake", "worker"):
            senders.more(200)
            delivrd.kill(part)
        senders.more()
    assert senders.broken
    assert_kept(delivrd, senders)


def test_a_consumer_that_slept_past_its_session_and_has_its_partitions_again(
    delivrd: ClusterInstallation, url: str
) -> None:
    with load(url, seed=12) as senders:
        senders.more(100)
        delivrd.signal("worker", signal.SIGSTOP)
        senders.more(100)
        time.sleep(2 * SESSION)  # the brokers' clock, which nothing here can see
        delivrd.signal("worker", signal.SIGCONT)
        senders.more(100)
    assert (senders.broken, senders.refused) == (0, {})
    assert_kept(delivrd, senders)


def test_a_consumer_that_slept_while_another_had_its_partitions(delivrd: ClusterInstallation, url: str) -> None:
    with load(url, seed=13) as senders:
        senders.more(100)
        delivrd.signal("worker", signal.SIGSTOP)
        delivrd.join("worker-2", "consumer")
        until(lambda: not delivrd.problem("worker-2"), "another consumer is ready")
        until(lambda: partitions_of(delivrd, "worker-2"), "it has taken over")
        senders.more(100)
        delivrd.signal("worker", signal.SIGCONT)
        senders.more(100)
        assert delivrd.leave("worker-2") == 0
        senders.more(100)
    assert (senders.broken, senders.refused) == (0, {})
    assert_kept(delivrd, senders)


def test_consumers_that_join_and_leave_every_second(delivrd: ClusterInstallation, url: str) -> None:
    with load(url, seed=14, pause=0) as senders:
        for number in range(6):
            delivrd.join(f"guest-{number}", "consumer")
            senders.more(100)
            if number >= 2:
                delivrd.leave(f"guest-{number - 2}", signal.SIGTERM if number % 2 else signal.SIGKILL)
        for number in (4, 5):
            assert delivrd.leave(f"guest-{number}") in (0, -signal.SIGTERM)  # it may not have begun yet
    assert (senders.broken, senders.refused) == (0, {})
    assert_kept(delivrd, senders)


def test_a_rolling_upgrade(stage: Stage, url: str, second_port: int) -> None:
    """New processes beside the old ones, and what stands before the receivers sends new connections to the new one."""
    delivrd = stage.delivrd
    with proxy(delivrd.port) as front, load(url.replace(str(delivrd.port), str(front.port)), seed=15) as senders:
        senders.more(200)
        assert delivrd.run("migrate").stdout == b"up to date already\n"
        delivrd.join("worker-2", "consumer")
        delivrd.join("intake-2", "receiver", DELIVRD_RECEIVER_PORT=str(second_port))
        delivrd.wait_ready()
        front.target = second_port
        senders.more(100)
        assert delivrd.leave("intake") == 0
        assert delivrd.leave("worker") == 0
        senders.more(200)
        # And back, so that the next test finds what it expects.
        delivrd.join("worker", "consumer")
        delivrd.join("intake", "receiver")
        delivrd.wait_ready()
        front.target = delivrd.port
        assert delivrd.leave("intake-2") == 0
        assert delivrd.leave("worker-2") == 0
        senders.more(100)
    assert not senders.refused, "somebody was sent away"
    assert_kept(delivrd, senders)
