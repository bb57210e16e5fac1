"""What the figures were measured on."""

import os
import platform
import statistics
import time
from pathlib import Path

import msgspec

SYNCS = 50


class Machine(msgspec.Struct, frozen=True):
    """`sync_ms`: the median of a 4 KiB write with fdatasync where the data stands; durable writes cannot be faster."""

    system: str
    python: str
    cores: int
    load: float
    sync_ms: float

    def __str__(self) -> str:
        return (
            f"{self.system}, Python {self.python}, {self.cores} cores (load {self.load:.1f} before the start), "
            f"a sync of the disk takes {self.sync_ms:.2f} ms"
        )


def look(folder: Path) -> Machine:
    """This machine, with the disk that holds `folder`."""
    return Machine(
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        cores=os.cpu_count() or 1,
        load=os.getloadavg()[0],
        sync_ms=_sync_ms(folder / "sync"),
    )


def _sync_ms(file: Path) -> float:
    times = []
    with file.open("wb", buffering=0) as out:
        for _ in range(SYNCS):
            began = time.perf_counter()
            out.write(bytes(4096))
            os.fdatasync(out.fileno())
            times.append((time.perf_counter() - began) * 1000)
    file.unlink()
    return statistics.median(times)
