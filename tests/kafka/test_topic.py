"""The topic is made so that it loses nothing, and one that would is refused."""

import gc
import re
import threading
from contextlib import closing
from typing import Any

import msgspec
import psutil
import pytest

from pipeline.kafka_log import client
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.kafka_log.topic import ensure_topic
from pipeline.log import LogUnavailable, LogUnusable
from tests.kafka.conftest import MakeSettings
from tests.kafka.harness import delete_topic, set_configs


def test_the_topic_is_made_once_with_what_it_needs(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=5)
    made = ensure_topic(settings)
    assert made.partitions == 5
    assert ensure_topic(settings) == made
    with closing(client.open_admin(settings, 10)) as admin:
        configs = {name: entry["value"] for name, entry in client.topic_configs(admin, settings.topic).items()}
    assert configs["cleanup.policy"] == "delete"
    assert int(configs["max.message.bytes"]) >= 9 * 2**20
    assert configs["message.timestamp.type"] == "LogAppendTime"
    assert configs["retention.ms"] == str(settings.keep_ms)
    assert configs["unclean.leader.election.enable"] == "false"


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("cleanup.policy", "compact", "delete"),
        ("cleanup.policy", "compact,delete", "delete"),
        ("retention.ms", "3600000", "2592000000"),
        ("retention.bytes", "1000000", "-1"),
        ("message.timestamp.type", "CreateTime", "LogAppendTime"),
        ("max.message.bytes", "1048588", "9437184"),
        ("unclean.leader.election.enable", "true", "false"),
    ],
)
def test_a_setting_that_loses_records_is_named_and_the_command_that_mends_it(
    make_settings: MakeSettings, name: str, wrong: str, right: str
) -> None:
    settings = make_settings(partitions=1)
    ensure_topic(settings)
    set_configs(settings, {name: wrong})
    with pytest.raises(LogUnusable, match=re.escape(f"{name} is {wrong}, and must be")) as caught:
        ensure_topic(settings)
    command = f"--alter --entity-type topics --entity-name {settings.topic} --add-config {name}={right}"
    assert command in str(caught.value)
    set_configs(settings, {name: right})
    ensure_topic(settings)


def test_all_mistakes_are_named_at_once(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1)
    ensure_topic(settings)
    set_configs(settings, {"cleanup.policy": "compact", "retention.ms": "1000"})
    with pytest.raises(LogUnusable, match=r"cleanup\.policy.*retention\.ms"):
        ensure_topic(settings)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"partitions": 4}, "has 3 partitions, and the settings say 4"),
        ({"replication": 2}, "replication is 1, and must be at least 2"),
        ({"min_insync": 2}, r"min\.insync\.replicas is 1, and must be at least 2"),
        ({"keep_ms": 90 * 86_400_000}, r"retention\.ms"),
    ],
)
def test_settings_that_a_topic_does_not_meet(make_settings: MakeSettings, changes: dict[str, Any], words: str) -> None:
    settings = make_settings()
    ensure_topic(settings)
    with pytest.raises(LogUnusable, match=words):
        ensure_topic(msgspec.structs.replace(settings, **changes))


def test_longer_retention_than_asked_for_is_right(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1)
    ensure_topic(settings)
    set_configs(settings, {"retention.ms": "-1"})
    ensure_topic(settings)


def test_a_replication_that_the_cluster_cannot_give(make_settings: MakeSettings) -> None:
    with pytest.raises(LogUnusable, match="fewer brokers"):
        ensure_topic(make_settings(replication=3))


def test_a_topic_made_anew_is_another_log(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1)
    before = ensure_topic(settings)
    delete_topic(settings)
    assert ensure_topic(settings).log_id != before.log_id


def test_no_broker_is_no_mistake_of_the_settings() -> None:
    with pytest.raises(LogUnavailable, match=r"127\.0\.0\.1:1"):
        ensure_topic(KafkaSettings(servers=("127.0.0.1:1",), topic="t"), timeout=0.3)


def test_a_long_outage_takes_no_file_descriptors_and_no_threads() -> None:
    nobody = KafkaSettings(servers=("127.0.0.1:1",), topic="t")

    def taken() -> tuple[int, int]:
        return psutil.Process().num_fds(), threading.active_count()

    before = taken()
    gc.disable()
    try:
        for _ in range(5):
            with pytest.raises(LogUnavailable):
                ensure_topic(nobody, timeout=0.2)
        assert taken() == before
    finally:
        gc.enable()
