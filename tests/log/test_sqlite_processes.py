"""Processes that die, and processes that append beside one another."""

import random
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.sqlite_log import SqliteWriter, records_of
from tests.log.sqlite import SqliteLog

ROUNDS = 5


def start(log: SqliteLog, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.log.appending", str(log.path), *map(str, arguments)]
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)


def sizes_of_requests(log: SqliteLog, name: str) -> Counter[int]:
    """How many records of each request of the process `name` the log holds; none may stand there twice."""
    ids = [entry.record.id for entry in records_of(log.path)]
    assert len(ids) == len(set(ids))
    parts = (id_.split("/") for id_ in ids)
    return Counter(int(request) for process, request, _ in parts if process == name)


def test_killed_while_it_writes_nothing_acknowledged_is_lost(sqlite_log: SqliteLog) -> None:
    chance = random.Random(3)
    for round_ in range(ROUNDS):
        enough = chance.randrange(20, 600)
        with start(sqlite_log, f"round-{round_}") as process:
            assert process.stdout is not None
            acknowledged = [next(process.stdout) for _ in range(enough)]
            process.kill()
            acknowledged += process.stdout
        found = sizes_of_requests(sqlite_log, f"round-{round_}")
        for line in acknowledged:
            if line.endswith("\n"):  # The last one may have been cut short.
                number, size = map(int, line.split())
                assert found[number] == size
        for number, size in found.items():
            assert size == 1 + number % 3, "a request is kept whole or not at all"


@pytest.mark.parametrize("who", ["writer", "reader"])
def test_what_a_killed_process_left_in_the_journal_is_brought_to_the_disk_first(
    sqlite_log: SqliteLog, who: str
) -> None:
    with start(sqlite_log, "one") as process:
        assert process.stdout is not None
        for _ in range(20):
            next(process.stdout)
        process.kill()
    journal = sqlite_log.path.with_name("log.db-wal")
    assert journal.stat().st_size > 0
    with closing(SqliteWriter(sqlite_log.path, reserve_bytes=0) if who == "writer" else sqlite_log.reader()):
        assert journal.stat().st_size == 0


def test_two_processes_append_to_one_log(sqlite_log: SqliteLog) -> None:
    with start(sqlite_log, "one", 600) as one, start(sqlite_log, "two", 600) as two:
        one.communicate()
        two.communicate()
    assert (one.returncode, two.returncode) == (0, 0)
    sent = {number: 1 + number % 3 for number in range(600)}
    assert sizes_of_requests(sqlite_log, "one") == sent
    assert sizes_of_requests(sqlite_log, "two") == sent
    offsets = [entry.offset for entry in records_of(sqlite_log.path)]
    assert offsets == list(range(1, 2401))


def test_a_reader_that_opens_while_others_append_sees_whole_requests(sqlite_log: SqliteLog) -> None:
    with start(sqlite_log, "one", 2000) as process:
        assert process.stdout is not None
        seen = 0
        while process.poll() is None:
            reader = sqlite_log.reader()
            entries = reader.fetch(0, 1, max_records=10_000, max_bytes=2**30)
            found = Counter(entry.record.id.rsplit("/", 1)[0] for entry in entries)
            assert all(size == 1 + int(id_.split("/")[1]) % 3 for id_, size in found.items())
            assert len(entries) >= seen
            seen = len(entries)
            for _ in range(20):
                process.stdout.readline()
    assert process.returncode == 0
