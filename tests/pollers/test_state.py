"""What outlives the poller, and a file that is none."""

from contextlib import closing
from pathlib import Path

import pytest

from pollers.state import Failing, Reached, Standing, State, StateUnusable, read_standings


def test_all_of_it_is_there_again(tmp_path: Path) -> None:
    with closing(State(tmp_path / "poller.db")) as state:
        assert state.reached("a") is None
        state.note_asked("a", "1", 10)
        state.note_asked("a", "1", 20)
        state.note_asked("a", "2", 5)
        state.note_asked("b", "1", 7)
        state.note_reached("a", Reached(30, 1_000))
        state.note_question("a", 40)
        state.note_answer("a", 41)
        state.note_stopped("b", "the token is refused")
        for subject in ("receive 1", "receive 2"):
            state.note_failing("a", subject, 50, "answered 500")
        state.note_mended("a", "receive 1")
    with closing(State(tmp_path / "poller.db")) as state:
        assert state.asked("a") == {"1": 20, "2": 5}
        state.forget("a", 20)
        assert state.asked("a") == {"1": 20}
        assert state.asked("b") == {"1": 7}
        assert state.reached("a") == Reached(30, 1_000)
    assert read_standings(tmp_path / "poller.db") == [
        Standing("a", 40, 41, "", (Failing("receive 2", 50, "answered 500"),)),
        Standing("b", None, None, "the token is refused"),
    ]


def test_who_is_asked_anew_is_neither_stopped_nor_failing_yet(tmp_path: Path) -> None:
    with closing(State(tmp_path / "poller.db")) as state:
        state.note_stopped("a", "the token is refused")
        state.note_failing("a", "receive 1", 50, "answered 500")
        state.note_begun("a")
        assert state.standings() == [Standing("a", None, None, "")]


def test_without_a_file_nobody_was_asked(tmp_path: Path) -> None:
    assert read_standings(tmp_path / "poller.db") == []
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "poller.db").write_bytes(b"no database" * 100)
    with pytest.raises(StateUnusable, match="move it away"):
        State(tmp_path / "poller.db")
