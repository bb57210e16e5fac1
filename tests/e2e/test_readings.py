"""Whatever mistaken adapters made of the records, and however it was corrected: in the end it is right, and once."""

import pytest
from hypothesis import HealthCheck, given, settings

from pipeline.warehouse import Warehouse
from tests.support.corrections import Story, assert_corrected, stories
from tests.support.histories import CHUNKS

# An example takes a second; `tests/torture/test_histories.py` takes many more.
briefly = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
pytestmark = pytest.mark.timeout(600)


@briefly
@given(story=stories(), chunk=CHUNKS)
def test_any_correction_makes_it_right(warehouse: Warehouse, story: Story, chunk: int) -> None:
    assert_corrected(warehouse, story, chunk)
