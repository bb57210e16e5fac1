"""Having the running parts take changed settings over."""

import os
import signal
import time

from delivrd.errors import Trouble
from delivrd.running import Up
from delivrd.serving import Loaded, read_loaded
from pipeline.settings import Folder

PARTS = ("intake", "worker", "poller", "alerter")
WAIT_SECONDS = 30.0
_PAUSE = 0.02


def take_over(folder: Folder, up: Up) -> None:
    """Tell each part, and await its word. Raises Trouble where one found a mistake, or said nothing."""
    parts = [part for part in PARTS if part in up.parts]
    before = {part: read_loaded(folder, part) for part in parts}
    for name in parts:
        os.kill(up.parts[name].pid, signal.SIGHUP)
    deadline = time.monotonic() + WAIT_SECONDS
    waiting = set(parts)
    mistakes: list[str] = []
    while waiting:
        for part in sorted(waiting):
            loaded: Loaded | None = read_loaded(folder, part)
            if loaded is not None and loaded != before[part]:
                waiting.discard(part)
                mistakes += [f"{part}: {mistake}" for mistake in loaded.mistakes]
        if time.monotonic() > deadline:
            raise Trouble(f"The {' and the '.join(sorted(waiting))} did not answer within {WAIT_SECONDS:.0f} s")
        time.sleep(_PAUSE)
    if mistakes:
        raise Trouble("Not taken over everywhere:\n" + "\n".join(mistakes))
