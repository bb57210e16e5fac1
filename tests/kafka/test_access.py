"""The log of a topic, as commands see it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest

from pipeline.event_log import EventLog, open_event_log
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.kafka_log.topic import ensure_topic
from pipeline.log import LogUnavailable
from tests.kafka.conftest import MakeSettings
from tests.kafka.harness import delete_before
from tests.log.access import AccessConformance, everything, numbers
from tests.log.records import record
from tests.services import free_ports


class KafkaPlace:
    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self.access: EventLog = open_event_log(settings)

    def make(self) -> None:
        ensure_topic(self._settings)

    def expire(self, partition: int, offset: int) -> None:
        delete_before(self._settings, partition, offset)


class TestKafkaAccess(AccessConformance):
    @pytest.fixture
    def place(self, make_settings: MakeSettings) -> Iterator[KafkaPlace]:
        made = KafkaPlace(make_settings())
        yield made
        made.access.close()


def test_an_append_waits_longer_than_a_requests(make_settings: MakeSettings) -> None:
    with closing(open_event_log(make_settings(append_timeout=0.001))) as log:
        log.append([record(1)])
        assert numbers(everything(log)) == [1]


async def test_it_is_closed_within_a_running_loop(make_settings: MakeSettings) -> None:
    """As the poller does, which appends in threads."""
    log = open_event_log(make_settings())
    await asyncio.to_thread(log.append, [record(1)])
    threads = [thread for thread in threading.enumerate() if thread.name == "kafka-sender"]
    log.close()
    assert not [thread for thread in threads if thread.is_alive()]
    with closing(log):
        assert numbers(everything(log)) == [1]


def test_what_does_not_answer_is_said(make_settings: MakeSettings) -> None:
    nowhere = msgspec.structs.replace(make_settings(), servers=(f"127.0.0.1:{free_ports(1)[0]}",))
    with closing(open_event_log(nowhere)) as log:
        with pytest.raises(LogUnavailable, match="Kafka"):
            log.stats()
        with pytest.raises(LogUnavailable, match="Kafka"):
            log.append([record(1)])
