"""How things stand is shown also where a part of it cannot be found out."""

import zoneinfo
from contextlib import closing

from delivrd.options import Place
from pipeline.settings import Folder
from pollers.state import State
from tests.cli.command import run


def test_a_log_that_cannot_be_used_is_a_line_like_the_others(folder: Folder) -> None:
    folder.log.write_bytes(b"no event log")
    found = run("status", data=folder.root)
    assert found.returncode == 1
    lines = dict(line.split("\t") for line in found.stdout.splitlines())
    assert lines["runs"].startswith("no;")
    assert "not a readable SQLite file" in lines["log"]
    assert found.stderr == ""


def test_a_question_that_is_not_answered_has_a_line_of_its_own(folder: Folder) -> None:
    with folder.config.open("a") as file:
        file.write('\n[sources.sydney]\nprovider = "aatrox"\n[sources.sydney.poll]\n')
    with closing(State(folder.polls)) as state:
        state.note_question("sydney", 1_790_000_000_000)
        state.note_answer("sydney", 1_790_000_000_000)
        state.note_failing("sydney", "receive 61480000001", 1_790_000_000_000, "answered 400")
    found = run("status", data=folder.root)
    assert found.returncode == 1
    lines = [line.partition("\t")[2] for line in found.stdout.splitlines() if line.startswith("poll sydney\t")]
    assert "last answered 2026-09-21" in lines[0]
    assert lines[1].startswith("no answer to receive 61480000001 since 2026-09-21")
    assert lines[1].endswith(": answered 400")


def test_times_say_how_long_ago_they_were(folder: Folder) -> None:
    hour, day = 3_600_000, 86_400_000
    now = 1_790_000_000_000  # 2026-09-21 14:13:20 UTC
    place = Place(folder, zoneinfo.ZoneInfo("America/Sao_Paulo"))
    assert place.since(now - 2 * hour - 1, now) == "09:13:19 (2 hours ago)"
    assert place.since(now - 12 * hour, now) == "2026-09-20 23:13 (12 hours ago)", "which is yesterday there"
    assert place.since(now - day, now) == "2026-09-20 11:13 (1 day ago)"
    assert place.since(now, now) == "11:13:20 (less than a second ago)"
