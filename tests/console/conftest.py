"""A running installation with a small day of traffic, some of it hostile, and a browser without scripts."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from alerts import keeping
from alerts.alarms import Change
from alerts.kinds import Kind, Severity
from alerts.scope import Scope
from alerts.told import Telling
from pipeline.clock import now_ms
from pipeline.settings import load
from tests.docs.sample import BRAZIL, GERMANY, bodies
from tests.support.installation import Installation, installed, post

SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://127.0.0.1:1","x")'
HOSTILE = (
    {"messageId": f"id-{SCRIPT}", "phone": SCRIPT, "status": "DELIVRD"},
    {"messageId": FORMULA, "phone": "5511993900098", "status": FORMULA},
    {"campaign": SCRIPT},
)
HOSTILE_TEXT = {"address": "+4915752982299", "body": SCRIPT, "sms_id": 62069999, "device_id": 1, "type": "text"}

ALARM, HOSTILE_ALARM = "55b444f4", "66c555a5"


def alarm(name: str, source: str, minute: int) -> Telling:
    """One that fires since then."""
    return Telling(
        id=name, number=1, change=Change.OPENED, minute=minute, kind=Kind.FAILURES, severity=Severity.PAGE,
        scope=Scope(source, "BR"), onset=minute - 5, opened=minute, ended=None, k=18, n=20, usual=0.05,
        worst_normal=0.2, score=14.0,
    )  # fmt: skip


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
        post(urls[GERMANY], json.dumps(HOSTILE_TEXT).encode())
        installation.audit()
        with closing(installation.writer()) as writer:
            minute = now_ms() // 60_000 - 10
            keeping.keep(writer, [alarm(ALARM, BRAZIL, minute), alarm(HOSTILE_ALARM, SCRIPT, minute)], minute)
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
