"""Of several alerters one leads, whatever dies."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.keeping import Note, NoteState, begin_note
from alerts.lead import LEASE_SECONDS, LOOK_SECONDS, RENEW_SECONDS, Lead
from pipeline.warehouse import Warehouse


class Time:
    """Seconds, as a test has them pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_one_leads_until_it_lets_go(either: Warehouse) -> None:
    time = Time()
    one, other = Lead(either, time), Lead(either, time)
    assert (one.leads(), other.leads()) == (True, False)
    for _ in range(4):
        time.now += RENEW_SECONDS
        assert (one.leads(), other.leads()) == (True, False)
    one.let_go()
    time.now += LOOK_SECONDS
    assert (other.leads(), one.leads()) == (True, False)


def test_another_one_takes_over_from_who_is_killed_but_not_before_its_time_is_over(warehouse: Warehouse) -> None:
    time = Time()
    killed, other = Lead(warehouse, time), Lead(warehouse, time)
    assert killed.leads()
    assert not other.leads()
    time.now += LEASE_SECONDS
    assert not other.leads()
    time.now += LOOK_SECONDS
    assert other.leads()
    assert not killed.leads()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 2), st.floats(0, 40)), min_size=5, max_size=20))
def test_never_do_two_lead_at_once(warehouse: Warehouse, steps: list[tuple[int, float]]) -> None:
    time = Time()
    leads = [Lead(warehouse, time) for _ in range(3)]
    for number, passed in steps:
        time.now += passed
        leads[number].leads()
        assert sum(time.now < one._until for one in leads) <= 1


def test_what_one_has_begun_to_tell_another_one_does_not(either: Warehouse) -> None:
    def note(holder: str, at: int, tries: int = 1) -> Note:
        return Note("alarm", 1, 0, "oncall", NoteState.SENDING, tries, at, "", holder)

    assert begin_note(either, note("one", 1000))
    assert not begin_note(either, note("other", 2000))
    assert begin_note(either, note("other", 3000, tries=2))
