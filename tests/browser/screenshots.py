"""The README's pictures: `python -m tests.browser.screenshots FOLDER`, of the demo, with a made-up week behind it."""

import datetime as dt
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from delivrd.demo import FAILING, FAILS_FOR, SOURCES
from tests.browser.conftest import launch
from tests.browser.history import lines
from tests.browser.looking import window
from tests.support.installation import DELIVRD, Installation
from tests.support.waiting import until

PLACE = f"country={FAILING.country}&carrier={FAILING.carrier}"
PICTURES = (
    ("overview", "/", 1280, "light"),
    ("overview-phone", "/", 390, "dark"),
    ("drill", f"/drill?{PLACE}", 1280, "light"),
    ("compare", "/compare?since=7d&until=3h&country=BR", 1280, "dark"),
    ("message", "/messages?q={message}", 1280, "light"),
    ("alarm", "/alarms/{alarm}", 1280, "light"),
)
"""Name, address, width, colours."""
_ALARM = "SELECT id FROM alerts WHERE ended_at IS NULL AND kind = 'failures' ORDER BY opened_at LIMIT 1"
_MESSAGE = "SELECT message_id FROM messages WHERE source = 'smsgateway24' AND is_delivered ORDER BY home DESC LIMIT 1"


@contextmanager
def demonstrated(data: Path) -> Iterator[Installation]:
    """`delivrd demo`, as soon as it is ready."""
    said = data.with_name("demo.out")
    shown = Installation(data, output=said)
    ports = ["--port", str(shown.port), "--console-port", str(shown.console_port)]
    with said.open("wb") as out:
        demo = subprocess.Popen([*DELIVRD, "demo", "--data", str(data), *ports], stdout=out, stderr=out)
    try:
        until(lambda: "is ready" in shown.output(), "the demo is ready", 120)
        yield shown
    finally:
        os.kill(demo.pid, signal.SIGINT)
        demo.wait()


def fill(shown: Installation, folder: Path) -> None:
    """The week behind it, in the tables and worked out."""
    now = dt.datetime.now(dt.UTC)
    for source in SOURCES:
        file = folder / f"{source}.ndjson"
        file.write_text("".join(lines(source, now)), encoding="utf-8")
        shown.run("import", source, str(file))
    imported = "SELECT countIf(source = 'ugsms' AND message_id LIKE 'ugsms-%') AS n FROM messages"
    last = len({line.split('"')[3] for line in lines("ugsms", now)})
    until(lambda: shown.sql(imported)[0]["n"] >= last, "the history is in the tables", 600)
    shown.run("rebuild")


def main(pictures: Path) -> None:
    """Write each picture into a folder."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with demonstrated(folder / "data") as shown, sync_playwright() as playwright:
            fill(shown, folder)
            [alarm] = until(lambda: shown.sql(_ALARM), "an alarm rings", FAILS_FOR)
            [message] = shown.sql(_MESSAGE)
            browser = launch(playwright)
            for name, address, width, scheme in PICTURES:
                with window(browser, shown, width, scheme) as looking:
                    looking.sign_in()
                    looking.open(address.format(alarm=alarm["id"], message=message["message_id"]))
                    looking.page.screenshot(path=pictures / f"{name}.png", full_page=width > 400)
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
