"""What somebody gets who should not get it."""

import dataclasses
import html
import re
from collections.abc import Iterator

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from console.app import create_app
from console.door import SESSION, Door
from delivrd.acts import Present
from delivrd.pages import site
from delivrd.parts import event_log
from delivrd.running import Up
from pipeline.clock import now_ms
from pipeline.settings import load
from tests.console.conftest import ALARM, HOSTILE_ALARM, SCRIPT, Visitor
from tests.docs.sample import BRAZIL, GERMANY
from tests.support.installation import Installation

TOKEN = "0123456789abcdef"
LOOKING = [
    "/",
    "/overview/figures",
    "/drill",
    f"/drill?country={SCRIPT}&carrier={SCRIPT}&hour=2026-01-01T00:00",
    "/messages?q=br-020",
    f"/messages?q={SCRIPT}",
    "/dead",
    f"/dead?reason={SCRIPT}",
    f"/compare?country={SCRIPT}",
    "/alarms",
    f"/alarms/{HOSTILE_ALARM}",
    "/sources",
    *(f"/sources/{source}" for source in (BRAZIL, GERMANY)),
    "/health",
    "/health/standing",
]
ACTING = [
    "/health/audit",
    "/dead/replay",
    "/dead/discard",
    f"/alarms/{ALARM}/mute",
    f"/alarms/{ALARM}/acknowledge",
    *(f"/sources/{BRAZIL}/{act}" for act in ("rotate", "retire", "try")),
]


def door(closed: bool = True, token: str = TOKEN) -> Door:
    return Door(token, closed, ("console.example.com",), now_ms)


@pytest.fixture
def closed(console: Installation) -> Iterator[TestClient[Litestar]]:
    """A console that others than this machine can reach."""
    settings = load(console.folder.root, env=msgspec.json.decode(console.folder.up.read_bytes(), type=Up).overrides)
    reachable = settings.console.model_copy(update={"host": "console.example.com", "token": TOKEN})
    settings = dataclasses.replace(settings, console=reachable)
    with event_log(settings) as log:
        pages = site(settings, log, Present(settings), now_ms)
        yield TestClient(create_app(lambda: "", lambda: b"", "text/plain", TOKEN, pages))


@pytest.mark.parametrize("address", LOOKING)
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer ü"])
def test_without_the_token_nothing_is_seen(closed: TestClient[Litestar], address: str, header: str) -> None:
    answer = closed.get(address, headers=[(b"authorization", header.encode())], follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?back=/")
    assert not answer.text


def test_with_the_token_everything_is_seen(closed: TestClient[Litestar]) -> None:
    assert "Messages" in closed.get("/", headers={"authorization": f"Bearer {TOKEN}"}).text


@pytest.mark.parametrize(
    "session",
    ["", ".", "..", "x", "99999999999999.00.00", door(token="another-token-here").new_session()],
    ids=["none", "dot", "dots", "letter", "unsigned", "of another token"],
)
def test_no_session_can_be_made_up(closed: TestClient[Litestar], session: str) -> None:
    closed.cookies.set(SESSION, session)
    assert closed.get("/", follow_redirects=False).status_code == 303


def test_a_session_ends() -> None:
    now = 1_000_000
    past = Door(TOKEN, True, (), lambda: now)
    later = Door(TOKEN, True, (), lambda: now + 13 * 3_600_000)
    session = past.new_session()
    request = httpx.Request("GET", "http://localhost/")
    assert _knows(past, session, request)
    assert not _knows(later, session, request)


def _knows(one: Door, session: str, request: httpx.Request) -> bool:
    return one.recognizes(dict(request.headers), {SESSION: session})


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1]])
def test_a_wrong_token_opens_no_session(visitor: Visitor, token: str) -> None:
    answer = visitor.send_form("/login", token=token)
    assert answer.status_code == 403
    assert SESSION not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("way_on", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(visitor: Visitor, way_on: str) -> None:
    answer = visitor.send_form("/login", token=visitor.token, back=way_on)
    assert answer.headers["location"] == "/"


def test_a_form_of_another_site_is_refused(operator: Visitor) -> None:
    """Its browser sends no cookie of ours; and with the cookie it would still not know the form's field."""
    for fields in ({}, {"_csrf_token": "0" * 128}):
        assert operator.post("/logout", data=fields).status_code == 403


@pytest.mark.parametrize("action", ACTING)
def test_nobody_acts_without_the_token(visitor: Visitor, action: str) -> None:
    answer = visitor.send_form(action, reason="unknown_shape")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?back=/"


@pytest.mark.parametrize("action", ACTING)
def test_nobody_makes_an_operator_act(operator: Visitor, action: str) -> None:
    assert operator.post(action, data={"reason": "unknown_shape"}).status_code == 403


def test_original_bytes_hold_numbers_and_are_for_operators(visitor: Visitor) -> None:
    address = re.findall(r'"(/dead/[0-9a-f]{32})"', visitor.get("/dead").text)[0]
    assert visitor.get(f"{address}/bytes").status_code == 303
    visitor.sign_in()
    assert visitor.get(f"{address}/bytes").headers["content-disposition"].startswith("attachment")


def test_the_cookies_are_for_this_site_alone(visitor: Visitor) -> None:
    cookies = [visitor.get("/login").headers["set-cookie"]]
    cookies.append(visitor.send_form("/login", token=visitor.token).headers["set-cookie"])
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()


@pytest.mark.parametrize(
    ("host", "status"), [("evil.example", 403), ("127.0.0.1.evil.example:8081", 403), ("localhost:8081", 200)]
)
def test_a_name_that_was_pointed_at_this_machine_sees_nothing(visitor: Visitor, host: str, status: int) -> None:
    assert visitor.get("/", headers={"host": host}).status_code == status


@pytest.mark.parametrize("address", [*LOOKING, "/login", "/nothing", "/static/console.css"])
def test_every_answer_forbids_what_is_not_ours(visitor: Visitor, address: str) -> None:
    headers = visitor.get(address).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("address", LOOKING)
def test_what_was_sent_is_never_markup(visitor: Visitor, address: str) -> None:
    shown = visitor.get(address).text
    assert SCRIPT not in shown
    assert GERMANY not in address or html.escape(SCRIPT) in shown, "it is there to be seen"
    assert not re.search(r'\s(style|on\w+)="', shown)
