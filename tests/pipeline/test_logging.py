"""Logs: one JSON line an event, without numbers and secrets, whoever wrote it."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from pipeline.logging import Masks, configure

SECRET = "kq3Jx0-secret-of-a-source"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before = root.handlers, root.level
    configure("intake", [SECRET], stream)
    yield stream
    root.handlers, root.level = before
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_one_json_line_an_event(stream: io.StringIO) -> None:
    log = structlog.get_logger("receiver")
    log.info("answered", source="integrax-br", code=200, took=0.5, list=[1, None])
    log.warning("second\nline")
    first, second = lines(stream)
    assert first["timestamp"].endswith("Z")
    del first["timestamp"]
    assert first == {
        "event": "answered",
        "level": "info",
        "part": "intake",
        "source": "integrax-br",
        "code": 200,
        "took": 0.5,
        "list": [1, None],
    }
    assert second["event"] == "second\nline"


def test_secrets_and_numbers_are_masked_wherever_they_stand(stream: io.StringIO) -> None:
    log = structlog.get_logger("receiver")
    log.error(
        "to +5511998765432",
        url=f"/v1/webhooks/integrax-br/{SECRET}",
        deep={"list": ["5511998765432", (SECRET,)]},
        error=ValueError("no such number: +55 (11) 99876-5432"),
    )
    try:
        int(f"5511998765432 {SECRET}")
    except ValueError:
        log.exception("failed")
    logging.getLogger("uvicorn.error").error("path %s of %s", SECRET, "5511998765432")
    text = stream.getvalue()
    assert SECRET not in text
    assert "998765" not in text
    assert "99876" not in text
    assert lines(stream)[0]["event"] == "to +551********32"
    assert len(lines(stream)) == 3


def test_libraries_say_only_what_matters_and_nothing_of_requests(stream: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").warning("GET /v1/webhooks")
    logging.getLogger("clickhouse_migrations").info("a whole file")
    logging.getLogger("some.library").warning("matters")
    assert [line["event"] for line in lines(stream)] == ["matters"]


def test_people_read_it_on_a_terminal() -> None:
    terminal = Terminal()
    configure("worker", (), terminal)
    try:
        structlog.get_logger("consumers").info("consuming", reading=3)
        assert "consuming" in terminal.getvalue()
        with pytest.raises(json.JSONDecodeError):
            json.loads(terminal.getvalue())
    finally:
        logging.getLogger().handlers = []
        structlog.reset_defaults()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("5511998765432", "551********32"),
        ("+5511998765432.", "+551********32."),
        ("(11) 99876-5432", "(119******32"),
        ("tel:+5511998765432", "tel:+551********32"),
        ("phone:5511998765432", "phone:551********32"),
        ("/messages/5511998765432?x=1", "/messages/551********32?x=1"),
    ],
)
def test_the_first_three_and_last_two_digits_stay(text: str, masked: str) -> None:
    assert Masks().text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-18 12:30:00",
        "2026-10-18",
        "127.0.0.1:8080",
        "192.168.100.200",
        "12345678-1234-4123-8123-123456789012",
        "1234567",
        "integrax-12345678",
    ],
)
def test_what_is_no_number_stays(text: str) -> None:
    assert Masks().text(text) == text


@given(
    st.integers(10**7, 10**15 - 1),
    st.sampled_from(["", "+"]),
    st.sampled_from(["{}", "to {}", "[{}]", "{}, {}", "'{}'"]),
)
def test_no_number_of_eight_to_fifteen_digits_is_readable(number: int, plus: str, frame: str) -> None:
    digits = f"{plus}{number}"
    assert str(number)[3:-2] not in Masks().text(frame.format(digits, digits)) or len(set(str(number))) == 1


def test_new_secrets_replace_the_old_ones() -> None:
    masks = Masks()
    masks.hide(["old-secret-0123456", "old-secret-0123456-longer"])
    assert masks.text("old-secret-0123456-longer old-secret-0123456") == "*** ***"
    masks.hide([])
    assert masks.text("old-secret-0123456") == "old-secret-0123456"


def test_logs_go_to_stderr_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    configure("intake", (), sys.stderr)
    try:
        structlog.get_logger("receiver").info("there")
        assert json.loads(capsys.readouterr().err)["event"] == "there"
    finally:
        logging.getLogger().handlers = []
        structlog.reset_defaults()
