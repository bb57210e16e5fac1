from collections.abc import Iterator

import pytest

from tests.receiver.intake import Intake, Post


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    with Intake(tmp_path_factory.mktemp("intake")) as intake:
        yield intake


@pytest.fixture
def intake(running: Intake) -> Intake:
    """A running intake with an empty log."""
    running.begin_anew()
    return running


@pytest.fixture(params=["in one piece", "in pieces"])
def post(intake: Intake, request: pytest.FixtureRequest) -> Post:
    """Both ways that a webhook takes through the server; they must not differ."""
    return intake.post if request.param == "in one piece" else intake.post_in_pieces
