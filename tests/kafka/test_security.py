"""TLS and logins, on a broker that asks for both."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from pipeline.clock import now_ms
from pipeline.kafka_log.appender import KafkaAppender
from pipeline.kafka_log.reader import KafkaReader
from pipeline.kafka_log.settings import KafkaSettings, Mechanism, Sasl, Tls
from pipeline.kafka_log.topic import ensure_topic
from pipeline.log import LogUnavailable, LogUnusable
from tests.kafka.brokers import PASSWORD, USER, Cluster, cluster
from tests.kafka.harness import append, await_true
from tests.kafka.shared import or_skip
from tests.log.records import record


@pytest.fixture(scope="module")
def secure_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    or_skip()
    with cluster(tmp_path_factory.mktemp("kafka") / "secure", secure=True) as started:
        yield started


@pytest.fixture
def settings(secure_broker: Cluster) -> KafkaSettings:
    return KafkaSettings(
        servers=(f"127.0.0.1:{secure_broker.secure_port}",),
        topic="log",
        partitions=1,
        replication=1,
        min_insync=1,
        append_timeout=10.0,
        tls=Tls(ca_file=str(secure_broker.certificate)),
        sasl=Sasl("SCRAM-SHA-512", USER, PASSWORD),
    )


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_records_go_and_come_encrypted_after_a_login(settings: KafkaSettings, mechanism: Mechanism) -> None:
    mine = msgspec.structs.replace(settings, topic=f"log-{mechanism}", sasl=Sasl(mechanism, USER, PASSWORD))
    append(mine, [[record(1)]])
    with closing(KafkaReader(mine)) as reader:
        await_true(reader.partitions, "the partition is ours")
        await_true(lambda: reader.fetch(0, 0, max_records=1, max_bytes=1), "the record is read")


def test_a_wrong_password_is_told_without_being_shown(settings: KafkaSettings) -> None:
    wrong = msgspec.structs.replace(settings, sasl=Sasl("SCRAM-SHA-512", USER, "wrong-password"))
    with pytest.raises(LogUnusable, match="refuses the login") as caught:
        ensure_topic(wrong, timeout=0.5)
    assert "wrong-password" not in str(caught.value)

    async def append_one() -> None:
        appender = KafkaAppender(wrong, now_ms)
        while "refuses the login" not in appender.problem:
            await asyncio.sleep(0.01)
        with pytest.raises(LogUnavailable, match="refuses the login"):
            await appender.append([record(1)])
        await appender.close()

    asyncio.run(append_one())


def test_a_certificate_that_nobody_vouches_for_is_not_believed(settings: KafkaSettings, tmp_path: Path) -> None:
    with pytest.raises(LogUnavailable, match="certificate"):
        ensure_topic(msgspec.structs.replace(settings, tls=Tls()), timeout=1)


def test_a_broker_that_asks_for_more_than_is_given_is_told(settings: KafkaSettings, secure_broker: Cluster) -> None:
    with pytest.raises(LogUnavailable):
        ensure_topic(msgspec.structs.replace(settings, tls=None, sasl=None), timeout=1)
