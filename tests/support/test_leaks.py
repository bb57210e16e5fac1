"""The search for secrets finds them where they must not be, and nowhere else."""

from pathlib import Path

from pipeline.settings import Folder
from pipeline.settings.first import add_secrets, write_first
from tests.support.leaks import leaks, secrets_of


def test_a_secret_in_any_file_but_its_own_is_found(tmp_path: Path) -> None:
    folder, output = Folder(tmp_path / "data"), tmp_path / "output"
    write_first(folder)
    add_secrets(folder, env={})
    secrets = secrets_of(folder)
    assert len(secrets) == 7
    (folder.root / "run").mkdir()
    output.write_text("all is well")
    assert leaks(folder, secrets, output) == []
    for place in (folder.root / "run" / "metrics.db", folder.log, output):
        place.write_bytes(b"\0\1" + min(secrets).encode() + b"\0")
        assert leaks(folder, secrets, output) == [str(place)]
        place.write_bytes(b"")
