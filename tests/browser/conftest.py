"""A real browser: Debian's Chromium, which `.ci/run` installs. Without one these tests are skipped."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.console.conftest import console

__all__ = ["console"]

CHROMIUM = shutil.which("chromium") or ""


def launch(playwright: Playwright) -> Browser:
    """Start it. As root, as in many containers, it cannot set its sandbox up."""
    return playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=os.geteuid() != 0)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for all tests; each opens windows of its own."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()
