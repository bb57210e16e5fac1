"""`delivrd demo`: everything alive, and nothing of it left at the end."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.settings import Folder
from tests.cli.command import environment, run
from tests.support.leaks import leaks, secrets_of
from tests.support.waiting import until


@pytest.mark.timeout(300)
def test_all_four_providers_are_told_of_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    data, output = tmp_path / "data", tmp_path / "output"
    command = [sys.executable, "-m", "delivrd", "demo", "--port", "0", "--console-port", "0", "--data", str(data)]
    with output.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment(data), start_new_session=True
        )
    try:
        until(lambda: "is ready" in output.read_text() or process.poll() is not None, "it is ready", 120)
        sql = "SELECT source, countIf(is_delivered) > 0 FROM messages GROUP BY source ORDER BY source"
        expected = "aatrox\t1\nintegrax-br\t1\nsmsgateway24\t1\nugsms\t0\n"
        until(lambda: run("sql", sql, data=data).stdout == expected, "every source has delivered but UGSMS", 120)
        # What it says can be typed as it stands.
        [line] = [line for line in output.read_text().splitlines() if "report failures" in line]
        shown = subprocess.run(["bash", "-c", line], env=environment(data), capture_output=True, check=False)
        assert shown.returncode == 0, shown.stderr
    finally:
        os.killpg(process.pid, signal.SIGINT)
        code = process.wait(60)
    assert code == 0
    assert "stopped after" in output.read_text()
    assert not re.search("Traceback|made a mistake", output.read_text())
    assert leaks(Folder(data), secrets_of(Folder(data)), output) == []


def test_a_folder_that_holds_anything_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    done = run("demo", "--data", str(tmp_path), data=tmp_path / "other")
    assert done.returncode == 1
    assert "wants a new folder" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]
