"""Any order, any repeats, any chunks, any deaths: the figures are what the rules say."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.warehouse import Warehouse
from tests.support.consuming import Request
from tests.support.histories import (
    CHUNKS,
    DEATHS,
    assert_any_order_and_any_repeats_show_what_the_rules_say,
    assert_no_death_shows,
    told_twice,
)

# An example takes a second; `tests/torture/test_histories.py` takes many more.
briefly = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
pytestmark = pytest.mark.timeout(600)


@briefly
@given(told=told_twice(), chunks=st.tuples(CHUNKS, CHUNKS))
def test_any_order_and_any_repeats_show_what_the_rules_say(
    alone: Warehouse, told: tuple[list[Request], list[Request]], chunks: tuple[int, int]
) -> None:
    assert_any_order_and_any_repeats_show_what_the_rules_say(alone, told, chunks)


@briefly
@given(told=told_twice(), chunk=CHUNKS, deaths=DEATHS)
def test_wherever_the_consumer_dies_the_next_one_goes_on_as_if_nothing_had_been(
    warehouse: Warehouse, told: tuple[list[Request], list[Request]], chunk: int, deaths: list[tuple[int, bool]]
) -> None:
    assert_no_death_shows(warehouse, told[1], chunk, deaths)
