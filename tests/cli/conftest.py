"""What the tests of the command line share."""

from collections.abc import Iterator

import pytest

from pipeline.settings import Folder
from pipeline.settings.first import add_secrets, write_first
from tests.support.installation import Installation, installed


@pytest.fixture(scope="module")
def delivrd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running installation that the tests of a file share."""
    with installed(tmp_path_factory.mktemp("cli") / "data") as installation:
        yield installation


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A data folder as the first start leaves it, where nothing runs."""
    folder = Folder(tmp_path_factory.mktemp("cli") / "data")
    write_first(folder)
    add_secrets(folder, env={})
    return folder
