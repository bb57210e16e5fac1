"""A data folder as the first start leaves it."""

from pathlib import Path

import pytest

from pipeline.settings import Folder
from pipeline.settings.first import add_secrets, write_first


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "data")
    write_first(folder)
    add_secrets(folder, env={})
    return folder
