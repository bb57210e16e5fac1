from hypothesis import given
from hypothesis import strategies as st

from simulators.dice import Dice, bell, digits, draw, pick

KEYS = st.lists(st.text(max_size=5), min_size=1, max_size=3)


@given(st.integers(), KEYS)
def test_draws_are_in_range_and_always_the_same(seed: int, key: list[str]) -> None:
    assert 0 <= draw(seed, *key) < 1
    assert draw(seed, *key) == draw(seed, *key)
    assert -7 < bell(seed, *key) < 7
    assert len(digits(9, seed, *key)) == 9
    assert pick("abc", seed, *key) in "abc"


def test_the_nth_throw_of_a_key_does_not_depend_on_other_throws() -> None:
    alone, among = Dice(1), Dice(1)
    throws = []
    for _ in range(5):
        throws.append(among.throw("a"))
        among.throw("b")
    assert throws == [alone.throw("a") for _ in range(5)]
    assert len(set(throws)) == 5


def test_what_cannot_happen_does_not_and_what_must_does() -> None:
    dice = Dice(1)
    assert not any(dice.happens(0, "x") for _ in range(100))
    assert all(dice.happens(1, "x") for _ in range(100))
