"""Who gets in: the exact URL, two secrets at once, networks, proxies that are believed, signatures."""

import base64
import hmac
import logging
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.settings import SourceSettings
from receiver.access import sender
from receiver.sources import NOBODY, Signature, intake_sources
from schemas.providers import adapters
from tests.receiver.intake import INTEGRAX, JSON, PATH, SECOND, SECRET, Intake, Post, as_json, report

GOOD = as_json(report())
LOOPBACK = ip_network("127.0.0.0/8")
ELSEWHERE = ip_network("203.0.113.0/24")


def test_two_secrets_are_valid_at_once_and_no_longer_when_they_are_changed(intake: Intake, post: Post) -> None:
    assert post(GOOD, path=f"/v1/webhooks/integrax-br/{SECRET}").status == 200
    assert post(GOOD, path=f"/v1/webhooks/integrax-br/{SECOND}").status == 200
    newest = "newest-secret-0123456789abcdef"
    changed = msgspec.structs.replace(INTEGRAX, secrets=(SECOND.encode(), newest.encode()))
    intake.door.sources = {b"integrax-br": changed}
    assert post(GOOD, path=f"/v1/webhooks/integrax-br/{SECRET}").status == 404
    assert post(GOOD, path=f"/v1/webhooks/integrax-br/{SECOND}").status == 200
    assert post(GOOD, path=f"/v1/webhooks/integrax-br/{newest}").status == 200
    assert len(intake.kept()) == 4


TRICKS = [
    f"{PATH}/",
    f"/{PATH}",
    PATH.replace("/webhooks/", "//webhooks/"),
    PATH.replace("/webhooks/", "/./webhooks/"),
    PATH.replace("/webhooks/", "/x/../webhooks/"),
    PATH.replace("/webhooks/", "/webhooksx/"),
    PATH.replace("/integrax-br/", "/integrax-br//"),
    PATH.replace("/integrax-br/", "/integrax-br%2F"),
    PATH.replace("integrax", "%69ntegrax"),
    PATH.replace("integrax", "Integrax"),
    PATH.replace("/v1/", "/V1/"),
    PATH + "%00",
    PATH + "%20",
    PATH + ";x=1",
    PATH[:-1],
    PATH + "x",
    PATH.rpartition("/")[0],
    PATH.rpartition("/")[0] + "/",
    "/v1/webhooks/",
    "/v1/webhooks//",
    "/v1/webhooks/%ff%fe/x",
    "/v1/webhooks/integrax-br/" + "x" * 20_000,
    "/v1/webhooks/" + "x/" * 10_000,
    "/v1/webhooks/../../etc/passwd",
    "*",
]


@pytest.mark.parametrize("path", TRICKS, ids=range(len(TRICKS)))
def test_only_the_exact_path_is_right(intake: Intake, post: Post, path: str) -> None:
    answer = post(GOOD, path=path)
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")
    assert intake.kept() == []


@pytest.mark.parametrize("path", [b"/v1/webhooks/\xff/x", b"", b"/a b", b"http://", b"/v1/webhooks/\x00/x"])
def test_what_is_no_request_line_is_refused(intake: Intake, path: bytes) -> None:
    answer = intake.raw(b"POST %b HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n" % path)
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
    assert intake.ask("GET", "/healthz").status == 200


def test_the_absolute_form_is_read_as_the_standard_asks(intake: Intake, post: Post) -> None:
    assert post(GOOD, path=f"http://localhost{PATH}").status == 200
    assert post(GOOD, path="http://localhost/v1/webhooks/integrax-br/wrong").status == 404


def restricted(folder: Path, **changes: object) -> Intake:
    return Intake(folder, [msgspec.structs.replace(INTEGRAX, **changes)])


def test_only_configured_networks_may_send(tmp_path: Path) -> None:
    with restricted(tmp_path, networks=(ELSEWHERE,)) as intake:
        for way in (intake.post, intake.post_in_pieces):
            assert way(GOOD).status == 404
            # Nobody is believed who is not configured as a proxy.
            assert way(GOOD, {"x-forwarded-for": "203.0.113.7"}).status == 404
        intake.door.trusted = (LOOPBACK,)
        for way in (intake.post, intake.post_in_pieces):
            assert way(GOOD, {"x-forwarded-for": "203.0.113.7"}).status == 200
            assert way(GOOD, {"x-forwarded-for": "203.0.113.7, 198.51.100.1"}).status == 404
            assert way(GOOD, {"x-forwarded-for": "nonsense"}).status == 404
            assert way(GOOD, {"x-forwarded-for": ""}).status == 404
            assert way(GOOD).status == 404
        intake.door.sources = {b"integrax-br": msgspec.structs.replace(INTEGRAX, networks=(LOOPBACK,))}
        intake.door.trusted = ()
        for way in (intake.post, intake.post_in_pieces):
            assert way(GOOD).status == 200
        assert len(intake.kept()) == 4


def sign(key: bytes, body: bytes = GOOD) -> bytes:
    return hmac.digest(key, body, "sha256")


@pytest.mark.parametrize("key", [b"one key", b"another key"])
def test_a_signature_in_hex(tmp_path: Path, key: bytes) -> None:
    signature = Signature(b"x-signature", "hex", (b"one key", b"another key"))
    with restricted(tmp_path, signature=signature) as intake:
        for way in (intake.post, intake.post_in_pieces):
            assert way(GOOD, {"X-Signature": sign(key).hex()}).status == 200
            assert way(GOOD, {"X-Signature": f"sha256={sign(key).hex().upper()}"}).status == 200
            assert way(GOOD, {"X-Signature": sign(b"wrong key").hex()}).status == 404
            assert way(GOOD + b" ", {"X-Signature": sign(key).hex()}).status == 404
            assert way(GOOD, {"X-Signature": ""}).status == 404
            assert way(GOOD).status == 404
        assert len(intake.kept()) == 4


def test_a_signature_in_base64(tmp_path: Path) -> None:
    with restricted(tmp_path, signature=Signature(b"x-signature", "base64", (b"key",))) as intake:
        for way in (intake.post, intake.post_in_pieces):
            assert way(GOOD, {"x-signature": base64.b64encode(sign(b"key")).decode()}).status == 200
            assert way(GOOD, {"x-signature": sign(b"key").hex()}).status == 404


def test_secrets_are_in_no_log_line_and_no_answer(
    intake: Intake, post: Post, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [
        post(GOOD),
        post(b"{"),
        post(GOOD, path=f"{PATH}/"),
        post(GOOD, path=f"/v1/webhooks/phones/{SECOND}"),
        intake.ask("GET", PATH),
        intake.raw(b"POST %b\xff HTTP/1.1\r\n\r\n" % PATH.encode()),
        intake.raw(b"POST %b HTTP/1.1\r\nbroken header\r\n\r\n" % PATH.encode()),
        intake.raw(b"POST %b HTTP/1.1\r\nhost: \xff/\r\ncontent-length: 0\r\n\r\n" % PATH.encode()),
    ]
    said = "".join([caplog.text, *capfd.readouterr()])
    for secret in (SECRET, SECOND):
        assert secret not in said
        assert all(secret.encode() not in answer.body for answer in answers)
        assert all(secret not in str(answer.headers) for answer in answers)


def test_sources_come_from_the_settings() -> None:
    written: dict[str, dict[str, Any]] = {
        "one": {"provider": "integrax", "webhook": ["secret-of-one-0123456789"]},
        "two": {
            "provider": "smsgateway24",
            "webhook": ["secret-of-two-0123456789", "another-of-two-0123456789"],
            "networks": ["203.0.113.0/24"],
            "signature": {"header": "X-Signed", "encoding": "base64"},
            "signing_key": ["a", "b"],
        },
        "none": {"provider": "integrax"},
    }
    settings = {name: SourceSettings.model_validate(source) for name, source in written.items()}
    sources = intake_sources(settings, adapters)
    assert sources[b"one"].secrets == (b"secret-of-one-0123456789",) * 2
    assert sources[b"one"].adapter is adapters["integrax"]
    assert sources[b"two"].secrets == (b"secret-of-two-0123456789", b"another-of-two-0123456789")
    assert sources[b"two"].networks == (ELSEWHERE,)
    assert sources[b"two"].signature == Signature(b"x-signed", "base64", (b"a", b"b"))
    assert sources[b"none"].secrets == NOBODY


def test_a_source_without_a_secret_admits_nobody(tmp_path: Path) -> None:
    with restricted(tmp_path, secrets=NOBODY) as intake:
        for path in (PATH, "/v1/webhooks/integrax-br/", "/v1/webhooks/integrax-br/None"):
            assert intake.post(GOOD, JSON, path).status == 404


addresses = st.ip_addresses().map(str)


@given(peer=addresses, forged=st.lists(st.one_of(addresses, st.text("0123456789abcdef.:, ", max_size=20)), max_size=4))
def test_nobody_is_believed_but_a_trusted_proxy(peer: str, forged: list[str]) -> None:
    trusted = (ip_network("10.0.0.0/8"),)
    if not peer.startswith("10."):
        found = sender(peer, [", ".join(forged).encode()], trusted)
        assert found == sender(peer, [], ())


@given(forged=st.lists(addresses, max_size=3), true=addresses, proxies=st.integers(0, 3), lines=st.booleans())
def test_the_nearest_address_that_is_no_proxy_is_the_sender(
    forged: list[str], true: str, proxies: int, lines: bool
) -> None:
    trusted = (ip_network("10.0.0.0/8"),)
    if true.startswith("10."):
        return
    chain = [*forged, true, *(f"10.0.0.{number}" for number in range(proxies))]
    forwarded = [address.encode() for address in chain] if lines else [", ".join(chain).encode()]
    assert sender("10.9.9.9", forwarded, trusted) == sender(true, [], ())


def test_an_ipv4_address_in_ipv6_clothes_is_one() -> None:
    assert str(sender("::ffff:203.0.113.7", [], ())) == "203.0.113.7"
    assert sender("", [], ()) is None
