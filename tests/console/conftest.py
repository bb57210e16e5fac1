"""A running installation with a small day of traffic, some of it hostile, and a browser without scripts."""

import datetime as dt
import json
import re
from collections.abc import Iterator

import httpx
import pytest

from pipeline.settings import load
from tests.docs.sample import BRAZIL, bodies
from tests.support.installation import Installation, installed, post

SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://127.0.0.1:1","x")'
HOSTILE = (
    {"messageId": f"id-{SCRIPT}", "phone": SCRIPT, "status": "DELIVRD"},
    {"messageId": FORMULA, "phone": "5511993900098", "status": FORMULA},
    {"campaign": SCRIPT},
)


class Visitor(httpx.Client):
    """Looks at an installation's console, and signs in where it is told to."""

    def __init__(self, installation: Installation) -> None:
        super().__init__(base_url=f"http://127.0.0.1:{installation.console_port}", trust_env=False, timeout=30)
        self.token = load(installation.folder.root).console.token or ""

    def send_form(self, address: str, **fields: str | list[str]) -> httpx.Response:
        """Send a form of this site's, with what its pages put into each."""
        shown = self.get("/login").text
        found = re.search(r'name="_csrf_token" value="(\w+)"', shown)
        assert found
        return self.post(address, data={"_csrf_token": found[1], **fields})

    def sign_in(self) -> None:
        assert self.send_form("/login", token=self.token).status_code == 303


@pytest.fixture(scope="package")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """What all the tests of the pages share; they change nothing that another one looks at."""
    with installed(tmp_path_factory.mktemp("console") / "data") as installation:
        urls = installation.urls()
        for source, body in bodies(dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)):
            post(urls[source], body)
        for report in HOSTILE:
            post(urls[BRAZIL], json.dumps(report).encode())
        installation.audit()
        yield installation


@pytest.fixture
def visitor(console: Installation) -> Iterator[Visitor]:
    """Somebody on this machine who is not signed in."""
    with Visitor(console) as client:
        yield client


@pytest.fixture
def operator(visitor: Visitor) -> Visitor:
    """The same, signed in."""
    visitor.sign_in()
    return visitor
