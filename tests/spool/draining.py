"""A process that accepts records and drains its spool, until it is killed, or kills itself at a chosen point.

    python -m tests.spool.draining SETTINGS FOLDER COUNT [POINT]

SETTINGS is the JSON of KafkaSettings. COUNT records are accepted, then it is said, and the draining goes on. POINT:
`given` (some of a window's records are handed to Kafka), `acknowledged` (Kafka has a window), `committed` (and that is
noted, but the records are still there); each in the second window.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from pipeline.clock import now_ms
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.spool.drain import WINDOW_RECORDS, Drain
from pipeline.spool.place import SpoolPlace
from pipeline.spool.spool import open_appender
from tests.log.records import record


def die_at(point: str) -> None:
    name, times, after = {
        "given": ("_give", WINDOW_RECORDS + WINDOW_RECORDS // 2, False),
        "acknowledged": ("_commit", 2, False),
        "committed": ("_commit", 2, True),
    }[point]
    call: Callable[..., Any] = getattr(Drain, name)
    calls = 0

    def counting(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == times:
            if after:
                call(*arguments)
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments)

    setattr(Drain, name, counting)


async def run(settings: KafkaSettings, folder: Path, count: int) -> None:
    spool = open_appender(settings, SpoolPlace(folder=folder, max_bytes=2**30, reserve_bytes=0), now_ms)
    await asyncio.gather(*(spool.append([record(number)]) for number in range(count)))
    sys.stdout.write("accepted\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    if len(sys.argv) > 4:
        die_at(sys.argv[4])
    asyncio.run(run(msgspec.json.decode(sys.argv[1], type=KafkaSettings), Path(sys.argv[2]), int(sys.argv[3])))
