"""How errors end: a message and an exit code; a traceback only in a file, and nothing secret in either."""

import errno
from pathlib import Path

import click
import pytest

from delivrd.errors import NO, WRONG, Trouble, ending_with_a_message
from pipeline.log import LogFull
from pipeline.settings import Problem, SettingsError
from pipeline.sqlite_log import LogUnusable
from pipeline.warehouse import Refused, Retry, Setup


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Trouble("do this"), NO, "do this"),
        (Trouble("do that", WRONG), WRONG, "do that"),
        (SettingsError([Problem("a.toml", "x.y", "is missing")]), WRONG, "a.toml: x.y: is missing"),
        (Retry("too busy"), NO, "too busy"),
        (Refused("no such value"), NO, "no such value"),
        (Setup("no such table"), NO, "no such table"),
        (LogFull("the disk is full"), NO, "the disk is full"),
        (LogUnusable("another version"), NO, "another version"),
        (PermissionError(errno.EACCES, "Permission denied", "/data/x"), NO, "/data/x: Permission denied"),
        (OSError(errno.EADDRINUSE, "Address already in use"), NO, "Address already in use"),
    ],
)
def test_what_is_known_is_said(
    error: Exception, code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, ending_with_a_message(tmp_path):
        raise error
    assert ended.value.code == code
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_our_own_mistake_leaves_its_traceback_in_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, ending_with_a_message(tmp_path):
        raise KeyError("+5511998765432")
    assert ended.value.code == NO
    (file,) = tmp_path.iterdir()
    said = capsys.readouterr().err
    assert str(file) in said
    assert "Traceback" not in said
    assert "KeyError" in file.read_text()
    assert "5511998765432" not in said + file.read_text()


@pytest.mark.parametrize("error", [click.UsageError("wrong"), BrokenPipeError(), KeyboardInterrupt()])
def test_what_click_ends_by_itself_passes(error: BaseException, tmp_path: Path) -> None:
    with pytest.raises(type(error)), ending_with_a_message(tmp_path):
        raise error
