"""A process that appends until it is stopped, and says what was acknowledged.

    python -m tests.log.appending LOG NAME [COUNT]

Eight appenders send requests of one to three records; each acknowledged request is a line with its number
and its size. The records' ids are NAME/request/index.
"""

import asyncio
import itertools
import sys
from pathlib import Path

from msgspec.structs import replace

from pipeline.sqlite_log import GroupCommit, SqliteWriter
from tests.log.records import record


async def run(path: Path, name: str, count: int | None) -> None:
    commit = GroupCommit(SqliteWriter(path, reserve_bytes=0))
    numbers = iter(range(count)) if count is not None else itertools.count()

    async def appender() -> None:
        for number in numbers:
            size = 1 + number % 3
            await commit.append([replace(record(number), id=f"{name}/{number}/{index}") for index in range(size)])
            sys.stdout.write(f"{number} {size}\n")
            sys.stdout.flush()

    await asyncio.gather(*(appender() for _ in range(8)))
    await commit.close()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None))
