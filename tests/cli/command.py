"""A command of delivrd as a process of its own, on any folder, whatever comes of it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def run(
    *arguments: str, data: Path, env: Mapping[str, str] | None = None, stdin: str = ""
) -> "subprocess.CompletedProcess[str]":
    """One command, to its end; what it printed is text."""
    return subprocess.run(
        [sys.executable, "-m", "delivrd", *arguments],
        env=environment(data, env),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def environment(data: Path, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Ours, without what would lead delivrd elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DELIVRD_", "PROMETHEUS_"))}
    return {**kept, "DELIVRD_DATA": str(data), **(env or {})}
