"""The README's two commands, without the installing: with a virtual environment that is there already."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import README, ROOT, blocks
from tests.docs.walking import write_program
from tests.support.waiting import until

pytestmark = [
    pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed"),
    pytest.mark.skipif(not (ROOT / "constraints.txt").exists(), reason="the wheel is tested, not the tree"),
]


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    write_program(folder / "bin" / "python", sys.executable)
    write_program(folder / "bin" / "delivrd", sys.executable, "-m", "delivrd")
    for mark in ("installed", "installed-dev"):
        (folder / mark).touch()
    return folder


def _make(target: str, venv: Path, *variables: str) -> list[str]:
    return ["make", "--no-print-directory", "-C", str(ROOT), target, f"VENV={venv}", *variables]


def test_the_readme_names_two() -> None:
    assert [block.text for block in blocks(README) if block.argument == "make"] == ["make run\n", "make test\n"]


def test_make_run_starts_everything_until_ctrl_c(venv: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    command = _make("run", venv, "ARGS=--port 0 --console-port 0")
    env = {**os.environ, "DELIVRD_DATA": str(tmp_path / "data")}
    with output.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=env, start_new_session=True)
    try:
        until(lambda: "delivrd is ready" in output.read_text() or process.poll() is not None, "it is ready")
        assert {line for line in _shown() if line not in output.read_text()} == set()
    finally:
        # As a terminal does it: to all that it runs.
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
    assert "stopped after" in output.read_text()


def _shown() -> list[str]:
    """What the README shows of a first start, each line up to the first path or number."""
    [block] = [block for block in blocks(README) if block.kind == "text" and block.argument == ""]
    return [re.split(r"[…\d(]", line)[0].strip() for line in block.text.splitlines() if line]


def test_make_test_runs_pytest(venv: Path) -> None:
    done = subprocess.run(
        _make("test", venv, "ARGS=--collect-only -q -p no:cacheprovider tests/docs/test_promises.py"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "test_the_tests_behind_a_promise_exist" in done.stdout


def test_make_help_explains_each_target() -> None:
    done = subprocess.run(["make", "-C", str(ROOT), "help"], capture_output=True, text=True, check=True)
    assert {"run", "test", "bench"} <= {line.split()[1] for line in done.stdout.splitlines() if "  make " in line}


def test_make_bench_says_what_it_measures(venv: Path) -> None:
    done = subprocess.run(_make("bench", venv, "ARGS=--help"), capture_output=True, text=True, check=True)
    assert "receiving" in done.stdout
