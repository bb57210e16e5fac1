"""What the tests of the archive share: an engine, and both kinds of places."""

from pathlib import Path

import pytest

from pipeline.archive.target import Place
from tests.services import warehouse
from tests.support.bucket import bucket, bucket_service

__all__ = ["bucket", "bucket_service", "warehouse"]


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place: a folder that is not there yet, and then again a bucket."""
    if request.param == "folder":
        return Place(url=str(tmp_path / "years" / "archive"))
    found: Place = request.getfixturevalue("bucket")
    return found
