"""Where the figures of several processes meet: memory-mapped files that one of them shows as a whole.

A part's files are named after it and not after its process, so that a restarted one counts on, and a part
that dies again and again leaves no heap of files. Their room on the disk is taken beforehand: a write into
a mapped page that a full disk has no room for kills the process (SIGBUS), and refusing requests on a full
disk is something that is counted.
"""

import os
from pathlib import Path

from prometheus_client import values

_KINDS = ("counter", "histogram", "gauge_mostrecent")
_ROOM = 128 * 1024
"""Enough for some 600 combinations of labels; beyond that the files grow."""


def share(folder: Path, part: str) -> bool:
    """Keep this process' figures in `folder` as those of `part`. Before `pipeline.metrics` is imported.

    False where there is no room: then the figures stay in the process.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind in _KINDS:
            _take_room(folder / f"{kind}_{part}.db")
    except OSError:
        return False
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    values.ValueClass = values.MultiProcessValue(lambda: part)  # type: ignore[no-untyped-call]
    return True


def _take_room(file: Path) -> None:
    if not file.exists() or file.stat().st_size < _ROOM:
        file.write_bytes(bytes(_ROOM))
