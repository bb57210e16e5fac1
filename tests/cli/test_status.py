"""How things stand is shown also where a part of it cannot be found out."""

from pipeline.settings import Folder
from tests.cli.command import run


def test_a_log_that_cannot_be_used_is_a_line_like_the_others(folder: Folder) -> None:
    folder.log.write_bytes(b"no event log")
    found = run("status", data=folder.root)
    assert found.returncode == 1
    lines = dict(line.split("\t") for line in found.stdout.splitlines())
    assert lines["runs"].startswith("no;")
    assert "not a readable SQLite file" in lines["log"]
    assert found.stderr == ""
