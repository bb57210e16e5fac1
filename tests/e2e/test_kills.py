"""`kill -9` of each part under load: what was acknowledged is in the warehouse exactly once.

The short form of `tests/torture/test_kills.py`.
"""

from tests.e2e.bodies import INTEGRAX
from tests.support.installation import Installation
from tests.support.kills import VICTIMS, kill_all_in_turn
from tests.support.load import assert_audited, assert_kept, load


def test_what_was_acknowledged_outlives_kills_of_every_part(delivrd: Installation, urls: dict[str, str]) -> None:
    with load(urls[INTEGRAX], pause=0) as senders:
        kill_all_in_turn(delivrd, senders, rounds=2, seed=1)
    assert senders.broken >= len(VICTIMS), "nobody noticed anything"
    assert_audited(assert_kept(delivrd, senders), senders)
