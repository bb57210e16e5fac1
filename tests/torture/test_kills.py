"""The long form of `tests/e2e/test_kills.py`: each part dies twenty times and more, at other moments each time."""

import random
from pathlib import Path

import pytest

from tests.e2e.bodies import INTEGRAX
from tests.support.installation import installed
from tests.support.kills import kill_all_in_turn
from tests.support.load import assert_audited, assert_kept, load

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1800)]


def test_what_was_acknowledged_outlives_twenty_kills_of_every_part(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**9)
    with installed(tmp_path / "data") as delivrd:
        with load(delivrd.urls()[INTEGRAX], seed=seed, pause=0) as senders:
            kill_all_in_turn(delivrd, senders, rounds=20, seed=seed)
        assert_audited(assert_kept(delivrd, senders), senders)
