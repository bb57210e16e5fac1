"""Starting the engine from another process."""

import sys
from collections.abc import Sequence
from pathlib import Path

SETUP_EXIT = 2
"""The launcher's exit code where starting it again cannot help; its last line on stderr says what to do."""


def engine_command(folder: Path, engine: Sequence[str] = ()) -> list[str]:
    """The command that runs the engine on `folder`.

    `engine` replaces the wheel: the start of a command of a genuine server, such as `["clickhouse", "server"]`.
    It gets the same files. No test covers it; and it does not watch the pipe in DELIVRD_PARENT_FD, so it outlives a
    parent that is killed.
    """
    if engine:
        return [*engine, "--config-file", str(folder.resolve() / "config.xml")]
    return [sys.executable, "-m", "pipeline.engine", str(folder)]
