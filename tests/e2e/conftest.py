"""What the tests of the whole share: one installation a file, as its first start makes it."""

from collections.abc import Iterator

import pytest

from tests.services import engine, warehouse
from tests.support.installation import Installation, installed

__all__ = ["engine", "warehouse"]


@pytest.fixture(scope="module")
def delivrd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running installation with the settings of the first start. The tests of a file share it."""
    with installed(tmp_path_factory.mktemp("e2e") / "data") as installation:
        yield installation


@pytest.fixture(scope="module")
def urls(delivrd: Installation) -> dict[str, str]:
    """The webhook URL of each source."""
    return delivrd.urls()
