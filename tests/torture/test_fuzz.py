"""Anything over the wire: no 500, the intake lives on, and what was kept has its outcome."""

import json
import socket
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e.bodies import INTEGRAX, SMSGATEWAY24, documented
from tests.support.installation import Installation, installed, post

pytestmark = [pytest.mark.torture, pytest.mark.timeout(3600)]
long = settings(
    max_examples=20_000, derandomize=False, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)

FIELDS = [
    "messageId", "message_id", "phone", "number", "status", "timestamp", "from", "to", "message", "text", "event",
    "sms_id", "status_id", "status_message", "sendto", "senttime", "address", "date", "date_sent", "body", "type",
]  # fmt: skip
BODIES = documented("integrax") + documented("smsgateway24")
PLAUSIBLE: list[Any] = [
    "DELIVRD", "delivered", "7", 7, 5, 0, "0", "5511999999999", "+4915752982212", "delivery_status", "incoming_sms",
    "2026-04-12T10:30:00Z", "2026-03-29 02:30:00", 1_775_989_800, -1, 1e308, 2**70, "\0", "",
]  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(PLAUSIBLE) | st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner, max_size=4),
    max_leaves=8,
)
REPORTS = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=8)
PIECES = [
    *(bytes([mark]) for mark in b'{}[]":,\0\xff'),
    b"\\u0000", b"\\ud800", b"\xef\xbb\xbf", b"\r\n", b"1e999",
]  # fmt: skip
KINDS = st.sampled_from(["application/json", "", "text/plain; charset=utf-16"])


@st.composite
def spoilt(draw: st.DrawFn, whole: bytes) -> bytes:
    """The same with a few of its bytes replaced, taken away, or others put in."""
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(whole)))
        new = draw(st.sampled_from(PIECES) | st.binary(max_size=4))
        whole = whole[:at] + new + whole[at + draw(st.integers(0, 6)) :]
    return whole


JSON = st.builds(lambda content: json.dumps(content).encode(), REPORTS | st.lists(REPORTS, max_size=3) | VALUES)
BODY = st.one_of(
    JSON, JSON.flatmap(spoilt), st.sampled_from(BODIES).flatmap(spoilt), st.binary(max_size=200)
)  # fmt: skip


@pytest.fixture(scope="module")
def delivrd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("fuzz") / "data") as installation:
        yield installation
        # After all of it: the very process that was started, and every record with its outcome.
        assert '"died"' not in installation.output()
        installation.audit()


@pytest.fixture(scope="module")
def urls(delivrd: Installation) -> dict[str, str]:
    return delivrd.urls()


@long
@given(
    source=st.sampled_from([INTEGRAX, SMSGATEWAY24]), body=BODY, kind=st.sampled_from(["application/json", "", "x/y"])
)
def test_any_body_has_its_answer(urls: dict[str, str], source: str, body: bytes, kind: str) -> None:
    assert post(urls[source], body, **{"content-type": kind}).status_code in (200, 202, 400)


@long
@given(data=st.data())
def test_any_request_is_survived(delivrd: Installation, urls: dict[str, str], data: st.DataObject) -> None:
    path = urllib.parse.urlsplit(urls[INTEGRAX]).path.encode()
    body = data.draw(st.sampled_from(BODIES))
    head = (
        b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Connection: close\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n"
    )
    request = data.draw(spoilt(head + body))
    answer = send(delivrd.port, request)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
    assert not answer.startswith(b"HTTP/1.1 5"), answer


def send(port: int, request: bytes) -> bytes:
    """All that is answered until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := connection.recv(65_536):
                answer += piece
        except ConnectionResetError:
            pass
        return answer
