"""All four providers by every way there is, against stand-ins that misbehave in every way there is.

The short form of `tests/torture/test_providers.py`.
"""

from pathlib import Path

import pytest

from tests.support.simulated import play


@pytest.mark.timeout(500)
def test_every_message_ends_as_its_provider_knows_it(tmp_path: Path) -> None:
    play(tmp_path / "data", count=200, kills=4, seed=1)
