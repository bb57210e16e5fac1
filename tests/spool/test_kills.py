"""Whoever drains is killed at any moment, or there are two of him: all comes to Kafka, little of it twice."""

import signal
import subprocess
import sys

import msgspec
import pytest

from pipeline.kafka_log.settings import KafkaSettings
from pipeline.spool.drain import WINDOW_RECORDS
from pipeline.spool.place import SpoolPlace, spool_stats
from tests.kafka.conftest import MakeSettings
from tests.services import free_ports
from tests.spool.harness import SECONDS, empty, eventually, ids, opened

COUNT = 5 * WINDOW_RECORDS
ALL = sorted(f"request-{number}" for number in range(COUNT))


def start(settings: KafkaSettings, place: SpoolPlace, *arguments: object) -> "subprocess.Popen[str]":
    words = [msgspec.json.encode(settings).decode(), str(place.folder), *map(str, arguments)]
    command = [sys.executable, "-W", "ignore", "-m", "tests.spool.draining", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def settings(make_settings: MakeSettings, place: SpoolPlace) -> KafkaSettings:
    """Of a log that a process was killed before it could bring anything to; its spool is full of what it accepted."""
    made = make_settings(append_timeout=10.0)
    nowhere = msgspec.structs.replace(made, servers=(f"127.0.0.1:{free_ports(1)[0]}",), append_timeout=0.5)
    with start(nowhere, place, COUNT) as process:
        assert process.stdout is not None
        assert "accepted\n" in process.stdout
        process.kill()
    assert spool_stats(place).records == COUNT
    return made


@pytest.mark.parametrize("point", ["given", "acknowledged", "committed"])
async def test_killed_while_draining(settings: KafkaSettings, place: SpoolPlace, point: str) -> None:
    with start(settings, place, 0, point) as process:
        try:
            assert process.wait(SECONDS) == -signal.SIGKILL
        finally:
            process.kill()
    assert not empty(place)
    async with opened(settings, place):
        await eventually(lambda: empty(place), "the spool is drained")
    found = ids(settings)
    assert sorted(set(found)) == ALL
    assert len(found) - COUNT <= (0 if point == "committed" else WINDOW_RECORDS)


async def test_two_that_drain_the_same_spool(settings: KafkaSettings, place: SpoolPlace) -> None:
    with start(settings, place, 0) as other:
        async with opened(settings, place):
            await eventually(lambda: empty(place), "the spool is drained")
        other.kill()
    assert sorted(set(ids(settings))) == ALL
