"""Every page in a real browser: on a phone and a desk, in light and dark, with the keyboard alone."""

import json
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.looking import window
from tests.console.conftest import ALARM
from tests.docs.sample import BRAZIL
from tests.support.installation import Installation, post

PHONE, DESK = 390, 1280


def pages(console: Installation) -> list[str]:
    """One address of each kind of page."""
    [letter] = console.sql("SELECT id FROM dead_letters LIMIT 1")
    [hour] = console.sql("SELECT formatDateTime(max(toStartOfHour(home)), '%Y-%m-%dT%H:%i') AS at FROM messages")
    return [
        "/",
        "/drill",
        "/drill?country=BR",
        "/drill?country=BR&carrier=Claro",
        f"/drill?country=BR&carrier=Claro&hour={hour['at']}",
        f"/drill?country=BR&carrier=Claro&hour={hour['at']}&family=",
        "/messages",
        "/messages?q=br-020",
        "/dead",
        f"/dead/{letter['id']}",
        "/compare",
        "/alarms",
        f"/alarms/{ALARM}",
        "/sources",
        f"/sources/{BRAZIL}",
        "/health",
        "/login",
    ]


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_sound(browser: Browser, console: Installation, width: int, scheme: str) -> None:
    with window(browser, console, width, scheme) as shown:
        shown.sign_in()
        for address in pages(console):
            shown.open(address)
            assert not shown.barriers(), address
            assert not shown.is_wider_than_its_window(), address
        assert not shown.complaints


def test_a_report_shows_without_a_reload(
    browser: Browser, console: Installation, record_property: Callable[[str, object], None]
) -> None:
    """Within two seconds on a machine that is not busy: how long it took is noted, and judges nothing."""
    with window(browser, console) as shown:
        shown.open("/")
        messages = shown.page.locator(".figure", has_text="Messages").locator("dd")
        before = int((messages.text_content() or "").split()[0])
        loaded = shown.page.evaluate("performance.timeOrigin")
        report = {"messageId": f"seen-{before}", "phone": "5511993900095", "status": "DELIVRD"}
        post(console.urls()[BRAZIL], json.dumps(report).encode())
        posted = time.monotonic()
        expect(messages).to_contain_text(str(before + 1), timeout=30_000)
        record_property("seconds", time.monotonic() - posted)
        assert shown.page.evaluate("performance.timeOrigin") == loaded, "it was not loaded again"
        assert not shown.complaints


def test_the_keyboard_alone_reaches_everything(browser: Browser, console: Installation) -> None:
    """On each page the tabulator comes to whatever can be used, shows where it is, and is caught nowhere."""
    with window(browser, console) as shown:
        shown.sign_in()
        for address in pages(console):
            shown.open(address)
            missed, unseen = shown.walk()
            assert not missed, address
            assert not unseen, address
        assert not shown.complaints


def test_the_keyboard_alone_does_everything(browser: Browser, console: Installation) -> None:
    with window(browser, console) as shown:
        keys = shown.page.keyboard
        shown.open("/")
        keys.press("Tab")
        expect(shown.page.get_by_role("link", name="To the content")).to_be_focused()
        shown.tab_to(shown.page.get_by_role("navigation", name="Pages").get_by_role("link", name="Message", exact=True))
        keys.press("Enter")
        search = shown.page.get_by_role("searchbox")
        search.wait_for()
        shown.tab_to(search)
        keys.type("br-020")
        keys.press("Enter")
        expect(shown.page.get_by_role("article")).to_contain_text("delivered outranks expired", timeout=30_000)
        shown.open("/login?back=/dead")
        expect(shown.page.get_by_label("Token")).to_be_focused(timeout=30_000)
        keys.type(shown.token)
        keys.press("Enter")
        shown.tab_to(shown.page.get_by_role("button", name="Discard", exact=True).first)
        keys.press("Enter")
        sure = shown.page.get_by_role("heading", name=re.compile(r"Discard \d+ dead"))
        sure.wait_for()
        shown.tab_to(shown.page.get_by_role("link", name="No, keep them"))
        keys.press("Enter")
        shown.page.get_by_role("heading", name="Dead letters").wait_for()
        assert not shown.complaints


def test_a_url_is_copied_by_a_click(browser: Browser, console: Installation) -> None:
    with window(browser, console) as shown:
        shown.sign_in()
        shown.open(f"/sources/{BRAZIL}")
        shown.page.context.grant_permissions(["clipboard-read"])
        shown.page.get_by_role("button", name="Copy").click()
        shown.page.get_by_role("button", name="Copied").wait_for()
        assert shown.page.evaluate("navigator.clipboard.readText()") == console.urls()[BRAZIL]
        assert not shown.complaints
