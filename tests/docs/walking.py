"""Doing what a page says, block by block, as its reader would."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.docs.pages import INSTALLED, Block
from tests.docs.sample import bodies
from tests.support.installation import Installation, post

FOLDER = "delivrd-data"
"""The data folder of a start without `--data`, in the folder where the reader is."""

INTERPRETERS = {"python": ("python3", "py"), "js": ("node", "mjs"), "php": ("php", "php")}
"""The kinds of blocks that are programs: what runs them, and the ending of their files."""

MOVING = {"state_at", "occurred_at", "p50_s", "p95_s"}
"""Columns whose values depend on the time of the run: they are compared with 0 for each of their numbers."""


class Reader:
    """Somebody with a running delivrd, in the folder of its `delivrd-data`."""

    def __init__(self, installation: Installation, code: Path = INSTALLED) -> None:
        """`code` is where delivrd's packages are."""
        self.installation = installation
        self.folder = installation.folder.root.parent
        self._code = code
        self._env = _environment(self.folder, code)
        self._said = ""

    def sends_a_sample(self) -> None:
        """What a small day brings is in the warehouse."""
        urls = self.installation.urls()
        for source, body in bodies(datetime.now(UTC)):
            assert post(urls[source], body).status_code in (200, 202, 400)
        self.installation.audit()

    def does(self, block: Block) -> None:
        """What a block says. Fails where it does not work, or has another answer than the page shows."""
        if block.kind == "sh" and not block.argument:
            self._said = self._runs(block)
        elif block.kind in INTERPRETERS:
            self._runs_program(block)
        elif block.kind == "sql":
            self._said = self._asks(block.text)
        elif block.kind == "toml" and block.argument:
            with (self.folder / FOLDER / block.argument).open("a", encoding="utf-8") as file:
                file.write(f"\n{block.text}")
        elif block.argument == "answer":
            assert _answer(self._said) == _answer(block.text), f"{block.where}:\n{self._said}"

    def _asks(self, query: str) -> str:
        """What `delivrd sql` prints, without a process for each question where the code is that of this one."""
        command = ("sql", query, "--format", "PrettyCompactMonoBlock")
        if self._code == INSTALLED:
            return self.installation.run_here(*command).decode()
        return self.installation.run_apart(*command).stdout.decode()

    def _runs_program(self, block: Block) -> None:
        """One that is not on this machine is left out, as `test_the_programs_of_the_pages_can_be_run` says."""
        program, ending = INTERPRETERS[block.kind]
        if not shutil.which(program):
            return
        url = self.installation.run("urls", "integrax-br", "--submissions").stdout.decode().strip()
        text, places = re.subn(r"http://127.0.0.1:8080/v1/submissions/integrax-br/SECRET", url, block.text)
        assert places == 1, f"{block.where} does not post to the URL that the page shows"
        file = self.folder / f"program.{ending}"
        file.write_text(text, encoding="utf-8")
        self._starts(block, [program, str(file)])

    def _runs(self, block: Block) -> str:
        text = block.text.replace(":8081", f":{self.installation.console_port}")
        return self._starts(block, ["bash", "-eu", "-o", "pipefail", "-c", text])

    def _starts(self, block: Block, command: list[str]) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self._env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{block.where} ended with {done.returncode}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout


def _answer(text: str) -> list[list[str]]:
    """Names and rows of a table as ClickHouse draws it, its moving columns blurred; else the last line of a text."""
    lines = text.splitlines()
    names = [re.findall(r"[^┌─┬┐]+", line.strip()) for line in lines if "┌" in line]
    if not names:
        return [lines[-1].split("\t")]
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "│" in line]
    for row in rows:
        for place, name in enumerate(names[0]):
            if name in MOVING:
                row[place] = re.sub(r"\d+", "0", row[place])
    return [*names, *rows]


def write_program(file: Path, *command: str) -> None:
    """A program that is another command."""
    file.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
    file.chmod(0o755)


def _environment(folder: Path, code: Path) -> dict[str, str]:
    """Ours, with `delivrd` in the path and nothing that leads it elsewhere."""
    programs = folder / "bin"
    programs.mkdir()
    write_program(programs / "delivrd", sys.executable, "-m", "delivrd")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DELIVRD_", "PROMETHEUS_"))}
    return env | {"PATH": f"{programs}:{env['PATH']}", "PYTHONPATH": str(code)}
