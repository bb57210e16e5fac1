"""The search for secrets finds them where they must not be, and nowhere else."""

import os
import subprocess
import sys
from pathlib import Path

from pipeline.settings import Folder
from pipeline.settings.first import add_secrets, write_first
from pipeline.warehouse import Warehouse
from tests.docs.pages import ROOT
from tests.services import warehouse
from tests.support.leaks import leaks, secrets_of, stored_leaks

__all__ = ["warehouse"]


def test_a_secret_in_any_file_but_its_own_is_found(tmp_path: Path) -> None:
    folder, output = Folder(tmp_path / "data"), tmp_path / "output"
    write_first(folder)
    add_secrets(folder, env={})
    secrets = secrets_of(folder)
    assert len(secrets) == 8
    (folder.root / "run").mkdir()
    output.write_text("all is well")
    assert leaks(folder, secrets, output) == []
    (folder.engine / "data").mkdir(parents=True)
    for place in (folder.root / "run" / "metrics.db", folder.log, folder.engine / "data" / "events.bin", output):
        place.write_bytes(b"\0\1" + min(secrets).encode() + b"\0")
        assert leaks(folder, secrets, output) == [str(place)]
        place.write_bytes(b"")


def test_a_secret_in_any_record_of_the_warehouse_is_found(warehouse: Warehouse) -> None:
    assert stored_leaks(warehouse, ["a-secret-word"]) == []
    body = '{"token":"a-secret-word"}'
    warehouse.command(f"INSERT INTO dead_letters (id, source, reason, body) VALUES (1, 'a', 'bad_field', '{body}')")
    assert stored_leaks(warehouse, ["a-secret-word", "another-one"]) == ["dead_letters"]


def test_a_test_that_shows_a_secret_has_failed(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import logging\nfrom tests.support.leaks import secret\nWORD = secret('a-secret-word')\n"
        "def test_print(): print('it is ' + WORD)\n"
        "def test_log(): logging.getLogger().warning('it is %s', WORD)\n"
        "def test_other(): print('nothing')\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider", str(tmp_path)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"test_print: a secret stands in: Captured stdout call" in done.stdout
    assert b"test_log: a secret stands in: Captured log call" in done.stdout
    assert b"3 passed, 2 errors" in done.stdout
