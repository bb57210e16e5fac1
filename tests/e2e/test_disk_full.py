"""A disk that fills up: refused in time, nothing acknowledged lost, and service again when there is room."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.bodies import INTEGRAX, integrax
from tests.support.installation import Installation, installed, post
from tests.support.load import assert_kept, load
from tests.support.waiting import until

DISK = 512 * 1024**2
RESERVE = 128 * 1024**2
SETTINGS = f"""
[log]
reserve = "{RESERVE // 1024**2}MiB"

[warehouse]
memory = "1GiB"

[sources.integrax-br]
provider = "integrax"
region = "BR"
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of DISK bytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        assert not (os.environ.get("CI") == "true" and os.geteuid() == 0), mounted.stderr
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def delivrd(small_disk: Path, tmp_path: Path) -> Iterator[Installation]:
    with installed(small_disk / "data", SETTINGS, tmp_path / "output.txt") as installation:
        yield installation


def free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def fill(file: Path, leave: int) -> None:
    """Take room until `leave` bytes are free."""
    with file.open("ab") as filler:
        while (room := free(file.parent) - leave) > 0:
            filler.write(b"\0" * min(room, 1024**2))
            filler.flush()


def test_at_the_reserve_reports_are_refused_and_taken_again_when_there_is_room(
    delivrd: Installation, small_disk: Path
) -> None:
    url = delivrd.urls()[INTEGRAX]
    filler = small_disk / "filler"
    with load(url, pause=0.02) as senders:
        senders.more()
        fill(filler, RESERVE)
        until(lambda: senders.refused, "requests are refused")
        refusal = post(url, integrax("too much"))
        assert refusal.status_code == 503
        assert int(refusal.headers["retry-after"]) > 0
        assert free(small_disk) > RESERVE // 2, "the reserve is there for what drains"
        # What was acknowledged before is stored while the disk is full.
        assert delivrd.run("audit", "--wait", "60").returncode == 0
        filler.unlink()
        senders.more()
    assert set(senders.refused) == {503}
    assert not senders.broken
    assert_kept(delivrd, senders)


def test_a_disk_without_any_room_costs_nothing_that_was_acknowledged(delivrd: Installation, small_disk: Path) -> None:
    """Somebody else takes even the reserve, while reports wait to be stored."""
    filler = small_disk / "filler"
    with load(delivrd.urls()[INTEGRAX], pause=0.02) as senders:
        senders.more()
        delivrd.signal("worker", signal.SIGSTOP)
        senders.more()
        fill(filler, 0)
        until(lambda: senders.refused, "requests are refused")
        # An answer is whole, or there is none: the engine would cut it short where it had no room for it.
        assert delivrd.sql("SELECT toUInt8(number) AS n FROM numbers(3)") == [{"n": n} for n in range(3)]
        with closing(delivrd.reader()) as reader:
            assert reader.query("SELECT number FROM numbers(3)") == [(0,), (1,), (2,)]
        said = len(delivrd.output())
        delivrd.signal("worker", signal.SIGCONT)
        until(lambda: '"part": "worker"' in delivrd.output()[said:], "the worker complains")
        filler.unlink()
        senders.more()
    assert set(senders.refused) == {503}
    assert not senders.broken
    assert_kept(delivrd, senders)
