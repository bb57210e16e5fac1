"""`delivrd backup` while reports come in, and `delivrd restore`: what was accepted before is there, and adds up."""

import json
import shutil
import signal
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.warehouse import Warehouse
from pipeline.warehouse.backup import back_up
from tests.cli.command import run
from tests.e2e.bodies import INTEGRAX, integrax
from tests.support.installation import DELIVRD, Installation, installed, post
from tests.support.waiting import until

MESSAGES = "SELECT message_id, status, recipient, facts, home FROM messages WHERE message_id LIKE 'before-%' ORDER BY 1"
FIGURES = "SELECT hour, source, status, sum(messages) AS n FROM deliveries GROUP BY ALL ORDER BY ALL"
EARLY = 300


class Sender:
    """Posts reports of its own in a thread, one after the other, until it is stopped."""

    def __init__(self, url: str) -> None:
        self.accepted = 0
        self._url = url
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._send)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _send(self) -> None:
        while not self._stopping.is_set():
            post(self._url, integrax(f"during-{self.accepted}")).raise_for_status()
            self.accepted += 1


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("backup") / "data") as running:
        url = running.urls()[INTEGRAX]
        for number in range(EARLY):
            post(url, integrax(f"before-{number}", status=("DELIVRD", "EXPIRED")[number % 2])).raise_for_status()
        post(url, b'{"what": "is this"}')
        running.audit()
        yield running


def backed_up(original: Installation, target: Path) -> int:
    """Back up while reports come in; how many of them were accepted before it began."""
    sender = Sender(original.urls()[INTEGRAX])
    try:
        until(lambda: sender.accepted >= 50, "reports come in")
        accepted = sender.accepted
        original.run("backup", str(target))
        until(lambda: sender.accepted >= accepted + 20, "they went on coming")
    finally:
        sender.stop()
    return accepted


def test_what_was_accepted_is_there_and_adds_up(original: Installation, tmp_path: Path) -> None:
    target, place = tmp_path / "monday", tmp_path / "restored"
    accepted = backed_up(original, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o700
    assert stat.S_IMODE((target / "secrets.toml").stat().st_mode) == 0o600
    rows = original.sql(MESSAGES)

    done = run("restore", str(target), data=place)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE((place / "secrets.toml").stat().st_mode) == 0o600
    manifest = json.loads((target / "manifest.json").read_text())
    with installed(place) as restored:
        assert restored.sql(MESSAGES) == rows
        assert len(rows) == EARLY
        report = restored.audit()
        assert report["received"] == manifest["end"] - 1 >= EARLY + 1 + accepted
        assert report["dead_lettered"] == 1
        counted = "SELECT count() AS n FROM messages WHERE message_id LIKE 'during-%'"
        during = int(restored.sql(counted)[0]["n"])
        assert during == manifest["end"] - 1 - EARLY - 1
        restored.run("backup", str(tmp_path / "tuesday"))
        assert (tmp_path / "tuesday" / "restored.json").read_bytes() == restored.folder.restored.read_bytes()
        # the figures are worked out from what is there, and further reports go on
        restored.run("rebuild")
        assert sum(int(row["n"]) for row in restored.sql(FIGURES)) == EARLY + during
        post(restored.urls()[INTEGRAX], integrax("after")).raise_for_status()
        post(restored.urls()[INTEGRAX], integrax("before-0")).raise_for_status()
        later = restored.audit()
        assert (later["stored"], later["repeated"]) == (report["stored"] + 1, report["repeated"] + 1)
        assert restored.sql("SELECT facts FROM messages WHERE message_id = 'before-0'") == [{"facts": 1}]
    assert original.audit()["missing"] == 0


@pytest.fixture(scope="module")
def backup(original: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that was made while nothing else happened."""
    target = tmp_path_factory.mktemp("backup") / "backup"
    original.run("rebuild")
    original.run("backup", str(target))
    return target


def test_the_figures_are_those_of_the_original(original: Installation, backup: Path, tmp_path: Path) -> None:
    assert run("restore", str(backup), data=tmp_path / "restored").returncode == 0
    with installed(tmp_path / "restored") as restored:
        assert restored.sql(FIGURES) == original.sql(FIGURES)


def test_a_backup_that_was_killed_is_not_restored(original: Installation, tmp_path: Path) -> None:
    target = tmp_path / "killed"
    process = subprocess.Popen([*DELIVRD, "backup", str(target), "--data", str(original.folder.root)])
    until(target.exists, "it has begun")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (target / "manifest.json").exists()
    done = run("restore", str(target), data=tmp_path / "restored")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "has no manifest.json" in done.stderr
    assert not (tmp_path / "restored").exists()
    (target / "left").touch()
    again = original.run("backup", str(target), code=1)
    assert b"is there already and not empty" in again.stderr
    original.run("backup", str(tmp_path / "another"))


def test_only_an_empty_folder_is_restored_into(original: Installation, backup: Path, tmp_path: Path) -> None:
    for place in (original.folder.root, tmp_path / "other"):
        place.mkdir(exist_ok=True)
        (place / "file").touch()
        done = run("restore", str(backup), data=place)
        assert done.returncode == 1
        assert "is there already and not empty" in done.stderr
        (place / "file").unlink()
    (tmp_path / "other.restoring").mkdir()
    assert "interrupted" in run("restore", str(backup), data=tmp_path / "other").stderr


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [("migration", 9000, "made by a newer delivrd"), ("format", 2, "made by a newer delivrd"), ("end", 1, "damaged")],
)
def test_what_cannot_be_right_is_refused(backup: Path, tmp_path: Path, key: str, value: int, words: str) -> None:
    target = Path(shutil.copytree(backup, tmp_path / "backup"))
    manifest = json.loads((target / "manifest.json").read_text())
    (target / "manifest.json").write_text(json.dumps(manifest | {key: value}))
    done = run("restore", str(target), data=tmp_path / "restored")
    assert done.returncode == 1
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == [target], "nothing is left of it"


def test_a_damaged_backup_leaves_nothing(backup: Path, tmp_path: Path) -> None:
    target = Path(shutil.copytree(backup, tmp_path / "backup"))
    shutil.rmtree(target / "warehouse" / "data")
    done = run("restore", str(target), data=tmp_path / "restored")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == [target]


def test_where_nothing_can_be_written_nothing_is(original: Installation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("there before")
    done = original.run("backup", str(tmp_path / "file" / "backup"), code=1)
    assert b"Not a directory" in done.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_what_was_taken_apart_is_made_up_for(
    original: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report comes while the server takes its tables: its chunk is in the backup, and nothing else of it.

    It is shown, although the consumer starts again just then.
    """
    torn = "message IN (SELECT message FROM events WHERE message_id = 'torn')"

    def taken_apart(store: Warehouse, name: str) -> None:
        original.run("reload")
        post(original.urls()[INTEGRAX], integrax("torn")).raise_for_status()
        until(lambda: original.sql("SELECT 1 FROM messages WHERE message_id = 'torn'"), "it is stored")
        original.audit()
        for table in ("homes", "messages", "recipients", "events"):
            store.command(f"DELETE FROM {table} WHERE {torn}")
        back_up(store, name)

    monkeypatch.setattr("delivrd.backup.back_up", taken_apart)
    original.run_here("backup", str(tmp_path / "backup"))
    assert original.audit(complete=False)["missing"] == 1
    done = run("restore", str(tmp_path / "backup"), data=tmp_path / "restored")
    assert done.returncode == 0, done.stderr
    with installed(tmp_path / "restored") as restored:
        assert restored.sql("SELECT status FROM messages WHERE message_id = 'torn'") == [{"status": "delivered"}]
