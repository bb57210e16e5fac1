"""A process whose disk fails to sync for a while; it says what it was answered.

FAILING_SYNC=FLAG LD_PRELOAD=… python -m tests.log.failing_sync FOLDER FLAG watched|alone
"""

import sys
from pathlib import Path

from pipeline.log import LogUnavailable
from pipeline.sqlite_log import SqliteReader, SqliteWriter, records_of
from tests.log.records import record


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def write(writer: SqliteWriter, number: int) -> None:
    try:
        writer.write([record(number)])
    except LogUnavailable:
        say(f"{number} unavailable")
    else:
        say(f"{number} durable")


def main(folder: Path, failing: Path, reader: SqliteReader | None) -> None:
    writer = SqliteWriter(folder / "log.db", reserve_bytes=0)
    write(writer, 1)
    failing.touch()
    write(writer, 2)
    write(writer, 3)
    if reader:
        say(f"the reader sees {reader.end(0) - 1}")
    failing.unlink()
    write(writer, 4)
    say(" ".join(entry.record.id for entry in records_of(folder / "log.db")))


if __name__ == "__main__":
    where = Path(sys.argv[1])
    watching = SqliteReader(where / "log.db", where / "consumer.db") if sys.argv[3] == "watched" else None
    main(where, Path(sys.argv[2]), watching)
