"""The README shows every command there is, and none that there is not."""

import re

from delivrd.cli import COMMANDS
from tests.docs.pages import PAGES, README, blocks

PARTS = {"alerter", "archiver", "receiver", "consumer", "console", "poller", "migrate"}
"""For those who run the parts one by one; `delivrd --help` lists them."""


def test_the_readme_shows_every_command() -> None:
    shown = set(re.findall(r"delivrd ([a-z]+)", README.read_text(encoding="utf-8")))
    assert set(COMMANDS) - shown <= PARTS


def test_no_page_shows_a_command_that_does_not_exist() -> None:
    for page in PAGES:
        for block in blocks(page):
            if block.kind == "sh":
                assert set(re.findall(r"(?:^|\()delivrd ([a-z]+)", block.text, re.MULTILINE)) <= set(COMMANDS)
        quoted = re.findall(r"`delivrd ([a-z]+)", page.read_text(encoding="utf-8"))
        assert set(quoted) <= set(COMMANDS), page.name
