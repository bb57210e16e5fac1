"""The long form of `tests/e2e/test_histories.py`, `tests/e2e/test_readings.py` and `tests/e2e/test_one_truth.py`."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.warehouse import Warehouse
from tests.shards import Served
from tests.support.consuming import Request
from tests.support.corrections import Story, assert_corrected, stories
from tests.support.histories import (
    CHUNKS,
    DEATHS,
    assert_any_order_and_any_repeats_show_what_the_rules_say,
    assert_no_death_shows,
    told_twice,
)
from tests.support.truth import Life, assert_lived, lives

long = settings(
    max_examples=300, derandomize=False, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
pytestmark = [pytest.mark.torture, pytest.mark.timeout(3600)]


@long
@given(told=told_twice(), chunks=st.tuples(CHUNKS, CHUNKS))
def test_any_order_and_any_repeats_show_what_the_rules_say(
    warehouse: Warehouse, told: tuple[list[Request], list[Request]], chunks: tuple[int, int]
) -> None:
    assert_any_order_and_any_repeats_show_what_the_rules_say(warehouse, told, chunks)


@long
@given(told=told_twice(), chunk=CHUNKS, deaths=DEATHS)
def test_wherever_the_consumer_dies_the_next_one_goes_on_as_if_nothing_had_been(
    warehouse: Warehouse, told: tuple[list[Request], list[Request]], chunk: int, deaths: list[tuple[int, bool]]
) -> None:
    assert_no_death_shows(warehouse, told[1], chunk, deaths)


@long
@given(story=stories(), chunk=CHUNKS)
def test_any_correction_makes_it_right(warehouse: Warehouse, story: Story, chunk: int) -> None:
    assert_corrected(warehouse, story, chunk)


@long
@given(life=lives(let_go=False) | lives(let_go=True), chunk=CHUNKS)
def test_every_view_and_report_at_every_turn(served: Served, life: Life, chunk: int) -> None:
    assert_lived(served, life, chunk)
