from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.receiver.intake import Intake, Post


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    with Intake(tmp_path) as running:
        yield running


@pytest.fixture(params=["in one piece", "in pieces"])
def post(intake: Intake, request: pytest.FixtureRequest) -> Post:
    """Both ways that a webhook takes through the server; they must not differ."""
    return intake.post if request.param == "in one piece" else intake.post_in_pieces
