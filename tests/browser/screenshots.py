"""The pictures of the README: `python -m tests.browser.screenshots FOLDER`, with eight days of made-up traffic."""

import datetime as dt
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import launch
from tests.browser.history import SETTINGS, SOURCES, lines
from tests.browser.looking import window
from tests.docs.sample import bodies
from tests.support.installation import Installation, installed, post

PICTURES = (
    ("overview", "/", 1280, "light"),
    ("overview-phone", "/", 390, "dark"),
    ("drill", "/drill?country=BR&carrier=Claro", 1280, "light"),
    ("compare", "/compare?country=BR", 1280, "dark"),
    ("message", "/messages?q=br-020", 1280, "light"),
)
"""Name, address, width, colours."""


def fill(installation: Installation, folder: Path) -> None:
    """History by import, and a small day of webhooks."""
    installation.configure(installation.folder.config.read_text(encoding="utf-8") + SETTINGS)
    installation.run("reload")
    now = dt.datetime.now(dt.UTC)
    for source in SOURCES:
        file = folder / f"{source}.ndjson"
        file.write_text("".join(lines(source, now)), encoding="utf-8")
        installation.run("import", source, str(file))
    urls = installation.urls()
    for source, body in bodies(now - dt.timedelta(minutes=5)):
        post(urls[source], body)
    installation.audit()
    installation.run("rebuild")


def main(pictures: Path) -> None:
    """Write each picture into a folder."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with installed(folder / "data") as installation, sync_playwright() as playwright:
            fill(installation, folder)
            browser = launch(playwright)
            for name, address, width, scheme in PICTURES:
                with window(browser, installation, width, scheme) as shown:
                    shown.open(address)
                    shown.page.screenshot(path=pictures / f"{name}.png", full_page=name != "overview-phone")
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
