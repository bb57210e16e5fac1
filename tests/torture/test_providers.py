"""A thousand messages at each of the four providers, all of which misbehave, and `kill -9` of the poller."""

from pathlib import Path

import pytest

from tests.support.simulated import play

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1_800)]


@pytest.mark.parametrize("kills", [0, 20])
def test_a_thousand_messages_a_provider_end_as_the_providers_know_them(tmp_path: Path, kills: int) -> None:
    play(tmp_path / "data", count=1_000, kills=kills, seed=1 + kills)
