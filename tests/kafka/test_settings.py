"""The URL of the log, and what is never shown."""

import pytest

from pipeline.kafka_log.client import options
from pipeline.kafka_log.settings import KafkaSettings, Sasl, Tls, parse_url
from pipeline.log import LogUnusable


@pytest.mark.parametrize(
    ("url", "servers", "topic"),
    [
        ("kafka://one:9092/delivrd", ("one:9092",), "delivrd"),
        ("kafka://one:1,two,10.0.0.3:19092/a.b_c-d", ("one:1", "two:9092", "10.0.0.3:19092"), "a.b_c-d"),
        ("kafka://[::1]:9093/t", ("[::1]:9093",), "t"),
    ],
)
def test_servers_and_topic(url: str, servers: tuple[str, ...], topic: str) -> None:
    assert parse_url(url) == (servers, topic)


@pytest.mark.parametrize(
    "url",
    [
        "http://one:9092/t",
        "kafka://one:9092",
        "kafka://one:9092/",
        "kafka:///t",
        "kafka://one:99999/t",
        "kafka://one:x/t",
        "kafka://one,,two/t",
        "kafka://one/a/b",
        "kafka://one/..",
        "kafka://one/" + "t" * 250,
    ],
)
def test_what_is_no_url_of_a_log(url: str) -> None:
    with pytest.raises(ValueError, match="the log's URL"):
        parse_url(url)


def test_a_password_in_the_url_is_refused_and_not_shown() -> None:
    with pytest.raises(ValueError, match="must not hold a user") as caught:
        parse_url("kafka://user:geheim@one:9092/t")
    assert "geheim" not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    settings = KafkaSettings(
        servers=("one:9092",),
        topic="t",
        tls=Tls(ca_file="/ca.pem"),
        sasl=Sasl("PLAIN", "user", "geheim"),
    )
    assert "geheim" not in repr(settings)
    assert "user" in repr(settings)


def test_login_and_encryption_are_asked_for_together() -> None:
    settings = KafkaSettings(servers=("one:9092",), topic="t", tls=Tls(), sasl=Sasl("SCRAM-SHA-512", "user", "geheim"))
    given = options(settings)
    assert (given["security_protocol"], given["sasl_mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert given["ssl_context"].check_hostname


def test_a_certificate_that_is_not_there_is_named() -> None:
    settings = KafkaSettings(servers=("one:9092",), topic="t", tls=Tls(ca_file="/nowhere/ca.pem"))
    with pytest.raises(LogUnusable, match=r"/nowhere/ca\.pem"):
        options(settings)
