"""A webhook secret is exchanged in place: whatever else the file holds, wherever it is, it stays its owner's alone."""

import stat
from pathlib import Path

from pipeline.settings import Folder, load
from pipeline.settings.rotation import begin, end

SOURCE = "integrax-br"


def secrets_of(folder: Folder) -> tuple[str, ...]:
    return load(folder.root, env={}).sources[SOURCE].webhook_secrets


def test_the_old_secret_is_valid_until_it_is_taken_out(folder: Folder) -> None:
    (old,) = secrets_of(folder)
    begin(folder.secrets, SOURCE)
    new, still = secrets_of(folder)
    assert still == old != new
    end(folder.secrets, SOURCE)
    assert secrets_of(folder) == (new,)


def test_a_file_that_is_a_link_stays_one_and_what_lay_beside_it_makes_it_no_more_readable(
    folder: Folder, tmp_path: Path
) -> None:
    kept = tmp_path / "kept-elsewhere.toml"
    folder.secrets.rename(kept)
    folder.secrets.symlink_to(kept)
    left_over = kept.with_name(f"{kept.name}.new")
    left_over.write_text("of a write that was cut off")
    left_over.chmod(0o644)
    begin(folder.secrets, SOURCE)
    assert folder.secrets.readlink() == kept
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(secrets_of(folder)) == 2
    assert not left_over.exists()
