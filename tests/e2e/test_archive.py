"""What the log has let go of is in the archive, and a replay reads it from there."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.structs import TopicPartition

from consumers.copies import batches
from delivrd import appending
from delivrd.parts import event_log
from pipeline.log import LogUnavailable
from schemas.record import Record
from tests.e2e.bodies import INTEGRAX, integrax
from tests.support.installation import Installation, post
from tests.support.waiting import until

MANY = 2000
WRONG = """
[log]
max_size = "1B"

[archive]
target = "years"
after = "1s"

[sources.integrax-br]
provider = "integrax"
region = "BR"
statuses = { BLOCKED = "delivered" }
"""
RIGHT = WRONG.replace('"delivered"', '"undeliverable"')


@pytest.fixture(scope="module")
def settings() -> str:
    """Of a log that keeps nothing that is archived."""
    return WRONG


def states(delivrd: Installation) -> dict[str, int]:
    rows = delivrd.sql("SELECT toString(status) AS status, toUInt32(count()) AS count FROM messages GROUP BY status")
    return {row["status"]: row["count"] for row in rows}


def let_go(delivrd: Installation) -> None:
    """All is archived, and the log holds none of it any more."""
    with event_log(delivrd.settings()) as log:
        ends = {part.partition: part.end for part in log.stats()}

        def archived() -> bool:
            delivrd.run_here("archive")
            files = delivrd.run_here("archive", "--list").decode().splitlines()[1:]
            there = {int(row.split("\t")[1]): int(row.split("\t")[3]) + 1 for row in files}
            return all(there.get(partition, 0) == end for partition, end in ends.items() if end > 1)

        until(archived, "all is in the archive")
        kafka = delivrd.settings().log.kafka
        if kafka:
            with closing(KafkaAdminClient(bootstrap_servers=list(kafka.servers))) as admin:
                admin.delete_records({TopicPartition(kafka.topic, one): end for one, end in ends.items() if end})
        until(lambda: all(part.first == ends[part.partition] for part in log.stats()), "the log has let it go")


def test_a_replay_reaches_back_over_the_archive_and_goes_on_when_it_was_interrupted(
    delivrd: Installation, urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = [json.loads(integrax(f"many-{number}", "BLOCKED")) for number in range(MANY)]
    for start in range(0, MANY, 500):
        assert post(urls[INTEGRAX], json.dumps(reports[start : start + 500]).encode()).status_code == 200
    post(urls[INTEGRAX], b"not JSON")
    delivrd.audit()
    assert states(delivrd) == {"delivered": MANY}
    let_go(delivrd)
    post(urls[INTEGRAX], integrax("later", "BLOCKED"))
    delivrd.audit()

    delivrd.configure(RIGHT)
    delivrd.run("reload")
    with monkeypatch.context() as broken:
        broken.setattr(appending, "batches", failing_after_two())
        delivrd.run_here("replay", code=1)
    assert b"going on" in delivrd.run("replay").stderr
    assert states(delivrd) == {"undeliverable": MANY + 1}
    [told] = delivrd.sql("SELECT toUInt32(sum(facts)) AS facts FROM messages")
    assert told == {"facts": MANY + 1}
    assert not delivrd.folder.replay.exists()

    again = delivrd.run("replay")
    assert b"going on" not in again.stderr
    assert f"replayed {MANY + 1} records" in again.stdout.decode()
    status = delivrd.run("status", code=None).stdout.decode()
    assert f"files in {delivrd.folder.root}/years" in status
    assert "lacks" not in status


def failing_after_two() -> Callable[[Iterable[Record]], Iterator[Sequence[Record]]]:
    def failing(records: Iterable[Record]) -> Iterator[Sequence[Record]]:
        for number, batch in enumerate(batches(records)):
            if number == 2:
                raise LogUnavailable("the disk is away")
            yield batch

    return failing


def test_an_archive_of_a_log_of_former_times_is_read_as_well(delivrd: Installation) -> None:
    """The files of a log that is no more, as if it had been this one's forerunner."""
    years = delivrd.folder.root / "years"
    for file in sorted(years.glob("*/*/*.parquet"))[:1]:
        former = Path(str(file).replace(file.relative_to(years).parts[0], str(uuid.UUID(int=3))))
        former.parent.mkdir(parents=True)
        former.write_bytes(file.read_bytes())
    count = int(delivrd.run("replay").stdout.decode().split()[1])
    assert count > MANY + 1
    assert states(delivrd) == {"undeliverable": MANY + 1}
    delivrd.audit()


def test_without_an_archive_the_command_says_how_to_get_one(delivrd: Installation) -> None:
    delivrd.configure(RIGHT.replace('target = "years"\n', ""))
    assert b"[archive]" in delivrd.run("archive", code=1).stderr
