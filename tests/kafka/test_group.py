"""Members of a group: who joins, leaves, sleeps, and comes back. Nobody commits what another owns."""

import json
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import msgspec
import pytest

from pipeline.kafka_log.reader import KafkaReader
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.kafka_log.topic import ensure_topic
from pipeline.log import Revoked
from tests.kafka.conftest import MakeSettings
from tests.kafka.harness import Consumer, Taken, append, assert_tiled, await_true
from tests.log.records import record

PLENTY = 2**26


class Member:
    """A reader in another process."""

    def __init__(self, settings: KafkaSettings) -> None:
        command = [sys.executable, "-m", "tests.kafka.member", msgspec.json.encode(settings).decode()]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def call(self, name: str, *arguments: object) -> Any:
        """The method's result, or the name of what it raised."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([name, *arguments]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def sleep(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def member(settings: KafkaSettings) -> Iterator[Member]:
    with closing(Member(settings)) as started:
        yield started


def owns_all(reader: KafkaReader | Member, settings: KafkaSettings) -> bool:
    found = reader.call("partitions") if isinstance(reader, Member) else reader.partitions()
    return len(found) == settings.partitions


def fill(settings: KafkaSettings, count: int) -> None:
    append(settings, [[record(number)] for number in range(count)])


def test_a_member_that_slept_through_its_expulsion_cannot_commit(make_settings: MakeSettings) -> None:
    settings = make_settings(session_timeout=1.0)
    fill(settings, 100)
    with member(settings) as sleeper:
        await_true(lambda: owns_all(sleeper, settings), "the first has all")
        assert sleeper.call("committed", 0) == [0, ""]
        sleeper.sleep()
        with closing(KafkaReader(settings)) as reader:
            await_true(lambda: owns_all(reader, settings), "the second has all")
            reader.committed(0)
            reader.commit(0, 7, "the second's")
            sleeper.wake()
            assert sleeper.call("commit", 0, 3, "the first's") == "Revoked"
            await_true(lambda: 0 in reader.partitions() or sleeper.call("committed", 0) != "Revoked", "one has it")
            found = list(reader.committed(0)) if 0 in reader.partitions() else sleeper.call("committed", 0)
            assert found == [7, "the second's"]


def test_nor_after_it_got_its_old_partition_back(make_settings: MakeSettings) -> None:
    settings = make_settings(session_timeout=1.0)
    fill(settings, 100)
    with member(settings) as sleeper:
        await_true(lambda: owns_all(sleeper, settings), "the first has all")
        assert sleeper.call("committed", 0) == [0, ""]
        await_true(lambda: len(sleeper.call("fetch", 0, 0)) > 10, "it has read")
        sleeper.sleep()
        with closing(KafkaReader(settings)) as reader:
            await_true(lambda: owns_all(reader, settings), "the second has all")
            reader.committed(0)
            reader.commit(0, 7, "the second's")
        sleeper.wake()
        await_true(lambda: owns_all(sleeper, settings), "the first has all again")
        assert sleeper.call("commit", 0, 3, "what it had before") == "Revoked"
        assert sleeper.call("fetch", 0, 3) == "Revoked"
        assert sleeper.call("committed", 0) == [7, "the second's"]
        assert sleeper.call("commit", 0, 8, "") is None


def test_membership_is_kept_and_partitions_are_shared_while_a_caller_is_busy(make_settings: MakeSettings) -> None:
    settings = make_settings(session_timeout=1.0)
    ensure_topic(settings)
    with closing(KafkaReader(settings)) as busy:
        await_true(lambda: owns_all(busy, settings), "the first has all")
        busy.committed(0), busy.committed(1), busy.committed(2)
        with closing(KafkaReader(settings)) as other:
            # Nothing calls the first one: its keeper alone gives a partition away, and stays in the group.
            await_true(other.partitions, "the second has its share")
            shared = set(other.partitions())
            assert len(shared) == 1
            kept = {0, 1, 2} - shared
            for partition in kept:
                busy.commit(partition, 0, "still mine")
            for partition in shared:
                with pytest.raises(Revoked):
                    busy.commit(partition, 0, "")
        await_true(lambda: len(busy._group.epochs) == 3, "its keeper alone takes the partition back")


def test_members_that_come_and_go_consume_each_record_once(make_settings: MakeSettings) -> None:
    """Each chunk is committed by one member alone, and together the chunks tile the log."""
    settings = make_settings(session_timeout=2.0, partitions=4)
    ensure_topic(settings)
    taken: Taken = defaultdict(list)

    def consumed() -> int:
        return sum(last - first + 1 for ranges in list(taken.values()) for first, last in list(ranges))

    residents = [Consumer(settings, taken) for _ in range(2)]
    guests: list[Consumer] = []
    for number in range(5):
        guest = Consumer(settings, taken)
        guests.append(guest)
        append(settings, [[record(number * 400 + index)] for index in range(400)])
        before = consumed()
        await_true(lambda: consumed() > before + 100 or consumed() == (number + 1) * 400, "some were consumed")  # noqa: B023
        guest.close()
    await_true(lambda: consumed() >= 2000, "everything was consumed")
    for resident in residents:
        resident.close()
    assert [one.failure for one in (*residents, *guests) if one.failure] == []
    assert consumed() == 2000
    assert_tiled(taken)
