"""What a child of `delivrd up` has of its supervisor: the news of its end and, for the intake, the public port.

The supervisor holds the writing end of a pipe and never writes. When it is gone, in whatever way (a `kill -9`,
too), the child reads the end of the pipe, and ends. (`PR_SET_PDEATHSIG` does the same on Linux alone.)
"""

import os
import signal
import threading
from collections.abc import Callable

from pipeline.ending import end_by_force

PARENT_FD = "DELIVRD_PARENT_FD"
"""The environment variable that names the pipe's reading end."""

LISTENER_FD = "DELIVRD_LISTENER_FD"
"""The environment variable that names the listening socket of the public port."""

GRACE_SECONDS = 10.0
"""How long an orderly end may take once the supervisor is gone."""


def _terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def watch_parent(on_end: Callable[[], None] = _terminate, grace: float = GRACE_SECONDS) -> bool:
    """Call `on_end` when the supervisor is gone, and exit hard `grace` seconds later. False without a supervisor.

    `on_end` runs in a thread of its own; by default the process gets a SIGTERM.
    """
    fd = os.environ.pop(PARENT_FD, "")
    if not fd:
        return False
    os.set_inheritable(int(fd), False)
    threading.Thread(target=_watch, args=(int(fd), on_end, grace), name="parent", daemon=True).start()
    return True


def _watch(fd: int, on_end: Callable[[], None], grace: float) -> None:
    while os.read(fd, 1):
        pass
    end_by_force(grace)
    on_end()
