"""A sync that fails is never answered as durable, and what follows it is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def failing_sync(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that makes syncs fail."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs Linux and a C compiler, to make syncs fail")
    library = tmp_path_factory.mktemp("library") / "failing_sync.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(HERE / "failing_sync.c")], check=True)
    return library


@pytest.mark.parametrize("who", ["watched", "alone"])
def test_what_was_not_synced_was_not_acknowledged(tmp_path: Path, failing_sync: Path, who: str) -> None:
    flag = tmp_path / "failing"
    said = subprocess.run(
        [sys.executable, "-m", "tests.log.failing_sync", str(tmp_path), str(flag), who],
        env={**os.environ, "LD_PRELOAD": str(failing_sync), "FAILING_SYNC": str(flag)},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert said[:3] == ["1 durable", "2 unavailable", "3 unavailable"]
    if who == "watched":
        assert said[3] == "the reader sees 1"
    assert said[-2] == "4 durable"
    kept = said[-1].split()
    assert kept[0] == "request-1"
    assert kept[-1] == "request-4"
