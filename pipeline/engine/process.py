"""Starting the engine from another process, and awaiting it."""

import http.client
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

SETUP_EXIT = 2
"""The launcher's exit code where starting it again cannot help; its last line on stderr says what to do."""


class NotReady(Exception):
    """The engine did not answer in time, or died; the text is for people."""


def engine_command(folder: Path, engine: Sequence[str] = ()) -> list[str]:
    """The command that runs the engine on `folder`.

    `engine` replaces the wheel: the start of a command of a genuine server, such as `["clickhouse", "server"]`.
    It gets the same files. No test covers it; and it does not watch the pipe in DELIVRD_PARENT_FD, so it outlives a
    parent that is killed.
    """
    if engine:
        return [*engine, "--config-file", str(folder.resolve() / "config.xml")]
    return [sys.executable, "-m", "pipeline.engine", str(folder)]


def wait_ready(
    http_port: int,
    *,
    timeout: float = 30.0,
    alive: Callable[[], bool] = lambda: True,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Return when the engine answers on `http_port`. `timeout` in seconds; `alive` says whether its process runs.

    Raises NotReady.
    """
    end = clock() + timeout
    while not answers(http_port):
        if not alive():
            raise NotReady("the warehouse engine ended while it started; its log says why")
        if clock() > end:
            raise NotReady(f"the warehouse engine did not answer on port {http_port} within {timeout:.0f} s")
        pause(0.02)


def answers(http_port: int) -> bool:
    """Whether an engine answers on `http_port`."""
    connection = http.client.HTTPConnection("127.0.0.1", http_port, timeout=2)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().read() == b"Ok.\n"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
