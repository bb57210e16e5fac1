"""The long form of `tests/cluster`: every fault several times, in any order, each as long as an operator would see it.

The receiver, the consumers, Kafka and the warehouse die, sleep and are cut off under a load that never stops, and in
the end each acknowledged report is there once.
"""

import contextlib
import random
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from tests.cluster.conftest import Stage, stage
from tests.support.cluster import SESSION
from tests.support.load import Load, assert_kept, load
from tests.support.proxy import Proxy

__all__ = ["stage"]

pytestmark = [pytest.mark.torture, pytest.mark.timeout(3600)]

AWAY = 60
"""Seconds of an outage."""


def go_on(senders: Load, seconds: float) -> None:
    """Whatever is broken: reports are accepted for so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        senders.more(20)


def receivers_die(stage: Stage, senders: Load) -> None:
    for _ in range(10):
        go_on(senders, 1)
        stage.delivrd.kill("intake")


def consumers_die(stage: Stage, senders: Load) -> None:
    for _ in range(10):
        go_on(senders, 1)
        stage.delivrd.kill("worker")


def a_consumer_sleeps(stage: Stage, senders: Load) -> None:
    delivrd = stage.delivrd
    with another_consumer(stage, "other"):
        for _ in range(3):
            delivrd.signal("worker", signal.SIGSTOP)
            go_on(senders, 3 * SESSION)
            delivrd.signal("worker", signal.SIGCONT)
            go_on(senders, SESSION)


def consumers_come_and_go(stage: Stage, senders: Load) -> None:
    for number in range(15):
        with another_consumer(stage, f"guest-{number}", signal.SIGKILL if number % 2 else signal.SIGTERM):
            go_on(senders, 1)


def kafka_is_down(stage: Stage, senders: Load) -> None:
    stage.brokers.kill(1)
    go_on(senders, AWAY)
    stage.brokers.start()


def kafka_is_cut_off(stage: Stage, senders: Load) -> None:
    with cut(stage.to_kafka):
        go_on(senders, AWAY)


def a_receiver_dies_draining(stage: Stage, senders: Load) -> None:
    kafka_is_down(stage, senders)
    for _ in range(5):
        stage.delivrd.kill("intake")
        go_on(senders, 0.5)


def kafka_is_slow(stage: Stage, senders: Load) -> None:
    with slow(stage.to_kafka, 0.2):
        go_on(senders, AWAY / 2)


def the_warehouse_dies(stage: Stage, senders: Load) -> None:
    for _ in range(5):
        go_on(senders, 2)
        stage.delivrd.kill("engine")


def the_warehouse_is_silent(stage: Stage, senders: Load) -> None:
    stage.delivrd.signal("engine", signal.SIGSTOP)
    go_on(senders, AWAY)
    stage.delivrd.signal("engine", signal.SIGCONT)


def the_warehouse_is_cut_off(stage: Stage, senders: Load) -> None:
    with cut(stage.to_clickhouse):
        go_on(senders, AWAY)


def connections_break(stage: Stage, senders: Load) -> None:
    for _ in range(20):
        go_on(senders, 0.5)
        stage.to_kafka.hang_up()
        stage.to_clickhouse.hang_up()


FAULTS: list[Callable[[Stage, Load], None]] = [
    receivers_die,
    consumers_die,
    a_consumer_sleeps,
    consumers_come_and_go,
    kafka_is_down,
    kafka_is_cut_off,
    a_receiver_dies_draining,
    kafka_is_slow,
    the_warehouse_dies,
    the_warehouse_is_silent,
    the_warehouse_is_cut_off,
    connections_break,
]


@contextlib.contextmanager
def another_consumer(stage: Stage, name: str, end: signal.Signals = signal.SIGTERM) -> Iterator[None]:
    stage.delivrd.join(name, "consumer")
    try:
        yield
    finally:
        stage.delivrd.leave(name, end)


@contextlib.contextmanager
def cut(network: Proxy) -> Iterator[None]:
    network.cut()
    try:
        yield
    finally:
        network.mend()
        network.hang_up()


@contextlib.contextmanager
def slow(network: Proxy, delay: float) -> Iterator[None]:
    network.delay = delay
    try:
        yield
    finally:
        network.delay = 0


def test_every_fault_in_any_order(stage: Stage) -> None:
    seed = random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")  # noqa: T201 (with it the same order can be had again)
    delivrd = stage.delivrd
    with load(delivrd.urls()["integrax-br"], seed=seed, pause=0.02) as senders:
        for fault in random.Random(seed).sample(FAULTS, len(FAULTS)):
            print(f"{time.monotonic():.0f} {fault.__name__}")  # noqa: T201
            fault(stage, senders)
            go_on(senders, 2)
        delivrd.wait_ready()
    assert senders.refused == {}
    assert_kept(delivrd, senders)
