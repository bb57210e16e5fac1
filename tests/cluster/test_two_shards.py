"""The whole on a ClickHouse of two shards: a shard that dies under load, and every command that asks the warehouse."""

import os
from collections.abc import Iterator

import pytest

from tests.e2e.bodies import INTEGRAX, integrax
from tests.kafka.brokers import cluster
from tests.kafka.shared import or_skip
from tests.shards import CLUSTER, new_shards
from tests.support.cluster import ClusterInstallation
from tests.support.installation import post
from tests.support.load import assert_kept, load


@pytest.fixture(scope="module")
def sharded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterInstallation]:
    """An installation whose engine is the second shard of a pair."""
    or_skip()
    folder = tmp_path_factory.mktemp("sharded")
    shards = new_shards(folder)
    first, second = shards.engines
    second.stop()
    try:
        with cluster(folder / "kafka") as brokers:
            delivrd = ClusterInstallation(folder / "data", brokers, f"sharded-{os.getpid()}")
            delivrd.engine = second
            hosts = f"127.0.0.1:{first.http_port},127.0.0.1:{second.http_port}"
            delivrd.environment["DELIVRD_WAREHOUSE_URL"] = f"clickhouse://writer@{hosts}/delivrd?cluster={CLUSTER}"
            try:
                delivrd.start()
                yield delivrd
            finally:
                delivrd.end()
    finally:
        first.kill()


def test_a_shard_that_dies_under_load_costs_nothing(sharded: ClusterInstallation) -> None:
    with load(sharded.urls()[INTEGRAX], seed=51) as senders:
        for _ in range(2):
            senders.more(100)
            sharded.kill("engine")
        senders.more(100)
    assert (senders.broken, senders.refused) == (0, {})
    assert_kept(sharded, senders)


def test_every_command_that_asks_the_warehouse_is_answered(sharded: ClusterInstallation) -> None:
    url = sharded.urls()[INTEGRAX]
    ids = [f"command-{number}" for number in range(4)]
    for message in ids:
        assert post(url, integrax(message)).is_success
    assert post(url, b'{"neither": "a report"}').is_success
    sharded.audit()
    for message in ids[1:]:
        assert message in sharded.run("explain", message).stdout.decode()
    assert b"5511" in sharded.run("explain", ids[0], "--json").stdout
    [letter] = sharded.sql("SELECT id FROM dead_letters")
    assert letter["id"][:8] in sharded.run("dead", "list").stdout.decode()
    assert b"neither" in sharded.run("dead", "show", letter["id"]).stdout
    sharded.run("dead", "discard", letter["id"])
    sharded.audit()
    assert sharded.sql("SELECT state FROM dead_letters") == [{"state": "discarded"}]
    assert b"source" in sharded.run("report", "deliveries", "--by", "source", "--format", "csv").stdout
    assert sharded.run("status", code=None).stdout
