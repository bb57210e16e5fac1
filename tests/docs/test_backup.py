"""The backup that docs/operating.md describes: stop, copy the folder, start again, wherever the copy is."""

import shutil
from pathlib import Path

from tests.docs.pages import ROOT
from tests.e2e.bodies import INTEGRAX, integrax
from tests.support.installation import installed, post


def test_a_copy_of_the_folder_starts_as_it_was(tmp_path: Path) -> None:
    assert "copy the data folder" in (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    with installed(tmp_path / "data") as original:
        urls = original.urls()
        for number in range(3):
            post(urls[INTEGRAX], integrax(f"kept-{number}")).raise_for_status()
        before = original.audit()
        rows = original.sql("SELECT * FROM messages ORDER BY message_id")
        assert original.stop() == 0
    # Links stay links, as `cp -a` and `rsync -a` have it: the engine keeps some, relative to its folder.
    shutil.copytree(original.folder.root, tmp_path / "copy", symlinks=True)
    with installed(tmp_path / "copy") as copy:
        assert copy.sql("SELECT * FROM messages ORDER BY message_id") == rows
        post(copy.urls()[INTEGRAX], integrax("kept-0")).raise_for_status()
        after = copy.audit()
    assert (before["stored"], after["stored"], after["repeated"]) == (3, 3, 1)
