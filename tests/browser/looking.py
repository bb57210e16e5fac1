"""A window, and what is found wrong while it is looked through."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

from pipeline.settings import load
from tests.support.installation import Installation

GRAVE = {"serious", "critical"}
PATIENCE = 400
"""Steps of the tabulator; no page has so many."""

_USABLE = """() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, summary, [tabindex="0"]'
)].filter(one => one.checkVisibility()).forEach((one, index) => { one.dataset.usable = index })"""
_MISSED = "[...document.querySelectorAll('[data-usable]')].map(one => one.outerHTML)"
_STEP = """() => {
    const one = document.activeElement, shown = getComputedStyle(one).outlineStyle != 'none'
    delete one.dataset.usable
    return [one.tagName, shown, one.outerHTML.slice(0, 200)]
}"""


class Window:
    """One page of a browser; `complaints` are the browser's own, and requests that go elsewhere."""

    def __init__(self, page: Page, installation: Installation) -> None:
        self.page = page
        self.host = f"127.0.0.1:{installation.console_port}"
        self.token = load(installation.folder.root).console.token or ""
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)

    def open(self, address: str) -> None:
        """Go there, and wait until it stands."""
        answer = self.page.goto(f"http://{self.host}{address}")
        assert answer
        assert answer.ok, (address, answer.status)

    def sign_in(self) -> None:
        self.open("/login")
        self.page.get_by_label("Token").fill(self.token)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("button", name="Sign out").wait_for()

    def barriers(self) -> list[str]:
        """What keeps people out who see, hear or move otherwise, as axe finds it."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {node['html']} {node['failureSummary']}"
            for one in found
            if one["impact"] in GRAVE
            for node in one["nodes"]
        ]

    def tab_to(self, wanted: Locator) -> None:
        """Step there with the tabulator."""
        wanted.wait_for()
        for _ in range(PATIENCE):
            if wanted.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the tabulator does not come to {wanted}")

    def walk(self) -> tuple[list[str], list[str]]:
        """Step through the page; what can be used and was not come to, and what did not show that it was."""
        self.page.evaluate(_USABLE)
        unseen = []
        for _ in range(PATIENCE):
            self.page.keyboard.press("Tab")
            tag, is_shown, markup = self.page.evaluate(_STEP)
            if tag == "BODY":
                break
            if not is_shown:
                unseen.append(markup)
        missed: list[str] = self.page.evaluate(_MISSED)
        return missed, unseen

    def is_wider_than_its_window(self) -> bool:
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        return wide

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != self.host:
            self.complaints.append(f"{self.page.url} asks for {request.url}")


@contextmanager
def window(browser: Browser, installation: Installation, width: int = 1280, scheme: str = "light") -> Iterator[Window]:
    """A new window without cookies."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    try:
        yield Window(context.new_page(), installation)
    finally:
        context.close()
