"""The sources: URLs, secrets in rotation, the last requests, a report sent for trial."""

import html
import re

import pytest

from tests.console.conftest import Visitor
from tests.docs.sample import BRAZIL, GERMANY
from tests.support.installation import Installation, post

REPORT = b'{"messageId": "rotated-%d", "phone": "5511993900094", "status": "DELIVRD"}'


def urls(visitor: Visitor, source: str) -> list[str]:
    return re.findall(r'<code class="whole"[^>]*>([^<]+)</code>', visitor.get(f"/sources/{source}").text)


def test_the_url_is_for_who_is_signed_in(visitor: Visitor, console: Installation) -> None:
    url = console.urls()[BRAZIL]
    assert urls(visitor, BRAZIL) == []
    assert url.rsplit("/", 1)[1] not in visitor.get(f"/sources/{BRAZIL}").text
    visitor.sign_in()
    assert urls(visitor, BRAZIL) == [url]


def test_a_secret_is_exchanged_without_a_request_refused(operator: Visitor, console: Installation) -> None:
    [old] = urls(operator, BRAZIL)
    assert operator.send_form(f"/sources/{BRAZIL}/retire").status_code == 409, "there is no old one"
    assert operator.send_form(f"/sources/{BRAZIL}/rotate").status_code == 303
    new, still = urls(operator, BRAZIL)
    assert still == old != new
    assert [post(url, REPORT % number).status_code for number, url in enumerate((new, old))] == [200, 200]
    assert operator.send_form(f"/sources/{BRAZIL}/rotate").status_code == 409, "two are enough"
    assert operator.send_form(f"/sources/{BRAZIL}/retire").status_code == 303
    assert urls(operator, BRAZIL) == [new] == [console.urls()[BRAZIL]]
    assert [post(url, REPORT % 2).status_code for url in (new, old)] == [200, 404]
    assert console.folder.secrets.stat().st_mode & 0o777 == 0o600
    assert "for its owner's eyes only" in console.folder.secrets.read_text(), "the rest of the file stays"


def test_the_last_requests_are_shown_as_they_came(visitor: Visitor, console: Installation) -> None:
    post(console.urls()[BRAZIL], REPORT % 9)
    shown = html.unescape(visitor.get(f"/sources/{BRAZIL}").text)
    assert (REPORT % 9).decode().replace("5511993900094", "551********94") in shown
    assert "5511993900094" not in shown
    assert visitor.get("/sources/nobody").status_code == 404


@pytest.mark.parametrize("source", [BRAZIL, GERMANY])
def test_a_test_report_goes_the_whole_way(operator: Visitor, source: str) -> None:
    shown = operator.send_form(f"/sources/{source}/try").text
    assert "the receiver answered 200" in shown
    assert re.search(r"the warehouse has message test-\d+, delivered", shown)
    [trace] = re.findall(r'<a href="(/messages\?q=test-\d+)">its trace', shown)
    assert "<strong>delivered</strong>" in operator.get(trace).text
