"""Runs the engine: `python -m pipeline.engine DIR`, where DIR holds what `config.write_config` wrote.

Ends with 0 on SIGTERM and where its parent has died, with 2 and one line where something must be set right first
(no wheel, a port taken, the folder in use), else with 1.

All knowledge of the wheel's private ways is in this file. `_chdb.query` is the one call that can open the real HTTP
and native listeners; `chdb.query` and connections cannot. It returns an error instead of raising it, and the format
given to it becomes the default of every HTTP answer: clients expect TabSeparated.
"""

import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree as ET

from pipeline.filesystem import is_locked
from pipeline.parent import watch_parent

SERVE = (
    "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP;"
    " SELECT sleepEachRow(1) FROM system.numbers SETTINGS max_block_size = 1 FORMAT Null"
)


def main(arguments: list[str]) -> int:
    """Run the engine of the folder named in the arguments until it is told to end."""
    if len(arguments) != 1:
        return _refuse("usage: python -m pipeline.engine DIR")
    folder = Path(arguments[0]).resolve()
    problem = _problem(folder)
    if problem:
        return _refuse(problem)
    _end_when_told()
    # Importing the wheel opens a session, which would read a config.xml of the working folder.
    os.chdir("/")
    try:
        from chdb import _chdb
    except ImportError as error:
        return _refuse(
            f"the embedded engine cannot be loaded ({error}); install it with: pip install 'delivrd[embedded]',"
            " or give another engine in `warehouse.engine_command`"
        )
    os.chdir(folder)
    result = _chdb.query(  # type: ignore[attr-defined,unused-ignore]
        SERVE, "TabSeparated", path=str(folder / "data")
    )
    lines = str(result.error_message()).splitlines() or ["it gave no reason"]
    sys.stderr.write(f"the engine ended: {lines[0]}\n")
    return 1


def _problem(folder: Path) -> str:
    """What keeps the engine from starting, for people; empty where nothing does."""
    config = folder / "config.xml"
    try:
        root = ET.parse(config).getroot()  # noqa: S314 - delivrd's own file
    except (OSError, ET.ParseError) as error:
        return f"cannot read {config}: {error}"
    for name in ("http_port", "tcp_port"):
        port = int(root.findtext(name) or 0)
        if not _port_is_free(port):
            return f"port {port} on 127.0.0.1 is taken; free it, or choose another `warehouse.{name}`"
    if is_locked(folder / "data" / "status"):  # which an engine locks for as long as it lives
        return f"{folder / 'data'} is in use by another engine; end that one first"
    return ""


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _end_when_told() -> None:
    """End on SIGTERM, and when the parent is gone.

    The main thread never returns to Python while the engine runs, so a handler in Python would not be called; the
    byte that a signal writes into the wake-up pipe arrives all the same. Ending at once is clean: what was
    acknowledged is synced, and what was not is sent again.
    """
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    # A Ctrl-C reaches the whole foreground group; the parent decides what ends when.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def end_on_signal() -> NoReturn:
        os.read(woken, 1)
        os._exit(0)

    threading.Thread(target=end_on_signal, name="signal", daemon=True).start()
    watch_parent(lambda: os._exit(0))


def _refuse(problem: str) -> int:
    sys.stderr.write(f"{problem}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
