"""However reports come in and are corrected, and whatever is let go of: every view and report says what the rules say.

On one server, and on two shards.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.shards import Served
from tests.support.histories import CHUNKS
from tests.support.truth import Life, assert_lived, lives

# An example takes seconds: a failing one is shown as it was found. `tests/torture/test_histories.py` takes many more.
briefly = settings(
    max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.reuse, Phase.generate)
)
pytestmark = pytest.mark.timeout(600)


@briefly
@given(life=lives(let_go=False), chunk=CHUNKS)
def test_every_view_and_report_at_every_turn(served: Served, life: Life, chunk: int) -> None:
    assert_lived(served, life, chunk)


@briefly
@given(life=lives(let_go=True), chunk=CHUNKS)
def test_every_view_and_report_after_the_old_was_let_go(served: Served, life: Life, chunk: int) -> None:
    assert_lived(served, life, chunk)
