"""Kafka away, slow, or cut off: reports are accepted all the same, and the spool gives them to it afterwards."""

import time

from tests.cluster.conftest import Stage
from tests.support.cluster import ClusterInstallation
from tests.support.load import assert_kept, load
from tests.support.waiting import until


def spooled(delivrd: ClusterInstallation) -> float:
    return delivrd.figure("intake", "delivrd_spooled_records_total")


def status(delivrd: ClusterInstallation, code: int) -> dict[str, str]:
    lines = delivrd.run("status", code=code).stdout.decode().splitlines()
    return {what: how for what, _, how in (line.partition("\t") for line in lines)}


def test_a_killed_broker(stage: Stage, url: str) -> None:
    delivrd = stage.delivrd
    with load(url, seed=21) as senders:
        senders.more(100)
        stage.brokers.kill(1)
        senders.more(300)
        told = status(delivrd, code=1)
        assert told["log"].startswith("cannot be used: Kafka at")
        assert int(told["spool"].split()[0]) > 0
        assert delivrd.problem("intake") == ""
        stage.brokers.start()
        senders.more(100)
    assert (senders.broken, senders.refused) == (0, {})
    assert_kept(delivrd, senders)
    assert status(delivrd, code=0)["spool"].startswith("0 records")


def test_a_receiver_killed_while_it_drains(stage: Stage, url: str) -> None:
    delivrd = stage.delivrd
    with load(url, seed=22) as senders:
        stage.brokers.kill(1)
        senders.more(500)
        stage.brokers.start()
        for _ in range(3):
            delivrd.kill("intake")
            senders.more(20)
    assert_kept(delivrd, senders)


def test_a_network_that_is_cut_or_breaks_connections(stage: Stage, url: str) -> None:
    delivrd, network = stage.delivrd, stage.to_kafka
    before = spooled(delivrd)
    with load(url, seed=23) as senders:
        senders.more(100)
        network.cut()
        until(lambda: spooled(delivrd) > before, "the spool has taken over")
        senders.more(100)
        network.mend()
        for _ in range(3):
            senders.more(50)
            network.hang_up()
        senders.more(100)
    assert (senders.broken, senders.refused) == (0, {})
    assert_kept(delivrd, senders)


def test_a_slow_network(stage: Stage, url: str) -> None:
    delivrd, network = stage.delivrd, stage.to_kafka
    with load(url, seed=24) as senders:
        network.delay = 0.2
        senders.more(100)
        network.delay = 0
    assert (senders.broken, senders.refused) == (0, {})
    assert_kept(delivrd, senders)


def test_an_end_in_time_while_kafka_is_away(stage: Stage, url: str) -> None:
    delivrd = stage.delivrd
    with load(url, seed=25) as senders:
        senders.more(100)
        stage.to_kafka.cut()
        senders.more(100)
        began = time.monotonic()
        codes = [delivrd.leave(part) for part in ("intake", "worker")]
        took = time.monotonic() - began
        stage.to_kafka.mend()
        for part, command in (("intake", "receiver"), ("worker", "consumer")):
            delivrd.join(part, command)
        delivrd.wait_ready()
        senders.more(50)
    assert took < 60, codes
    assert_kept(delivrd, senders)
