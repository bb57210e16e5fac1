"""The settings of a cluster: what the parts are given, and every mistake in them."""

from pathlib import Path

import pytest

from pipeline.kafka_log.settings import KafkaSettings, Sasl, Tls
from pipeline.servers import Servers
from pipeline.settings import Settings, SettingsError, load
from pipeline.settings.servers import parse_clickhouse

KAFKA = "kafka://one:9092,two/delivrd"
CLICKHOUSE = "clickhouse://writer@one:8123,two/delivrd?cluster=main"
SOURCE = '[sources.integrax-br]\nprovider = "integrax"\n'
ENV = {
    "DELIVRD_LOG_URL": KAFKA,
    "DELIVRD_WAREHOUSE_URL": CLICKHOUSE,
    "DELIVRD_WAREHOUSE_WRITER_PASSWORD": "o' <&>",
    "DELIVRD_SOURCES_INTEGRAX_BR_WEBHOOK": "0123456789abcdef",
}


def loaded(folder: Path, env: dict[str, str]) -> Settings:
    """Of a container: a file of settings, and the environment for all that a file should not hold."""
    config = folder / "delivrd.toml"
    config.write_text(SOURCE)
    return load(folder / "nothing", config, env)


def mistakes(folder: Path, **env: str) -> set[tuple[str, str]]:
    """Key and message of each, with these changes to right settings; an empty value takes a variable away."""
    changed = {**ENV, **{f"DELIVRD_{name}": value for name, value in env.items()}}
    with pytest.raises(SettingsError) as raised:
        loaded(folder, {name: value for name, value in changed.items() if value})
    return {(problem.key, problem.message) for problem in raised.value.problems}


def test_no_file_but_the_settings_is_needed(tmp_path: Path) -> None:
    settings = loaded(tmp_path, ENV)
    assert settings.on_cluster
    assert settings.log.kafka == KafkaSettings(servers=("one:9092", "two:9092"), topic="delivrd")
    assert settings.warehouse.servers == Servers((("one", 8123), ("two", 8123)), "main")
    assert settings.warehouse.writer_user == "writer"
    assert settings.warehouse.writer_password == "o' <&>"
    assert "o' <&>" not in repr(settings)
    assert "o' <&>" in settings.secrets


def test_each_setting_of_the_log_reaches_it(tmp_path: Path) -> None:
    env = {
        "KEEP": "0d", "PARTITIONS": "24", "REPLICATION": "2", "MIN_INSYNC": "1", "SECURITY": "sasl_tls",
        "MECHANISM": "PLAIN", "USERNAME": "me", "PASSWORD": "geheim", "CA_FILE": "/ca.pem", "GROUP": "other",
        "ACKNOWLEDGE": "0.5", "SESSION": "3",
    }  # fmt: skip
    settings = loaded(tmp_path, {**ENV, **{f"DELIVRD_LOG_{name}": value for name, value in env.items()}})
    assert settings.log.kafka == KafkaSettings(
        servers=("one:9092", "two:9092"),
        topic="delivrd",
        partitions=24,
        replication=2,
        min_insync=1,
        keep_ms=-1,
        group="other",
        append_timeout=0.5,
        session_timeout=3,
        tls=Tls("/ca.pem"),
        sasl=Sasl("PLAIN", "me", "geheim"),
    )
    assert "geheim" in settings.secrets


def test_the_spool_has_a_size_of_its_own(tmp_path: Path) -> None:
    assert loaded(tmp_path, ENV).spool.max_bytes == 2 * 10**9
    assert loaded(tmp_path, {**ENV, "DELIVRD_SPOOL_MAX_SIZE": "5MB"}).spool.max_bytes == 5 * 10**6


@pytest.mark.parametrize(
    ("change", "key", "message"),
    [
        ({"LOG_URL": ""}, "log.url", "must be kafka://… where the warehouse is on servers of its own"),
        ({"WAREHOUSE_URL": ""}, "warehouse.url", "must be clickhouse://… where the log is on Kafka"),
        ({"LOG_URL": "http://x"}, "log.url", 'must be "sqlite:" or "kafka://host:9092,host2:9092/topic"'),
        ({"LOG_URL": "kafka://x"}, "log.url", "the log's URL must end with a topic"),
        ({"LOG_SECURITY": "ssl"}, "log.security", "must be 'plaintext', 'tls', 'sasl' or 'sasl_tls'"),
        ({"LOG_SECURITY": "sasl", "LOG_PASSWORD": "x"}, "log.username", 'is missing, and security = "sasl" needs it'),
        ({"LOG_SECURITY": "sasl", "LOG_USERNAME": "x"}, "log.password", 'is missing, and security = "sasl" needs it'),
        ({"LOG_PASSWORD": "geheim"}, "log.password", 'is without a login: security = "sasl_tls" or "sasl"'),
        ({"LOG_CA_FILE": "/x"}, "log.ca_file", 'is without TLS: security = "tls" or "sasl_tls"'),
        ({"LOG_PARTITIONS": "0"}, "log.partitions", "must be greater than or equal to 1"),
        ({"LOG_REPLICATION": "1"}, "log", "`min_insync` (2) must not be more than `replication` (1)"),
        ({"CONSOLE_HOST": "0.0.0.0"}, "console.token", "is missing, and others than this machine can reach"),
        ({"SOURCES_INTEGRAX_BR_WEBHOOK": ""}, "sources.integrax-br.webhook", "is missing"),
    ],
)
def test_a_mistake(tmp_path: Path, change: dict[str, str], key: str, message: str) -> None:
    [(found, words)] = mistakes(tmp_path, **change)
    assert found == key
    assert words.startswith(message)


def test_a_password_among_the_settings_is_in_the_wrong_file(tmp_path: Path) -> None:
    config = tmp_path / "delivrd.toml"
    config.write_text(SOURCE + '[log]\npassword = "geheim"\n')
    with pytest.raises(SettingsError) as raised:
        load(tmp_path, config, {**ENV, "DELIVRD_LOG_SECURITY": "sasl", "DELIVRD_LOG_USERNAME": "me"})
    [problem] = raised.value.problems
    assert (problem.key, "belongs into" in problem.message) == ("log.password", True)
    assert "geheim" not in str(problem)


@pytest.mark.parametrize(
    ("url", "servers"),
    [
        ("clickhouse://w@h/delivrd", Servers((("h", 8123),))),
        ("clickhouse://w@h,[::1]:9/delivrd?cluster=c&secure=1", Servers((("h", 8443), ("::1", 9)), "c", secure=True)),
        (
            "clickhouse://w@h/delivrd?cluster=c&replicated=1&secure=0",
            Servers((("h", 8123),), "c", replicated=True),
        ),
    ],
)
def test_servers(url: str, servers: Servers) -> None:
    assert parse_clickhouse(url) == ("w", servers)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("clickhouse://h/delivrd", "the writing user"),
        ("clickhouse://w:geheim@h/delivrd", "must not hold a password"),
        ("clickhouse://w@h", "/delivrd"),
        ("clickhouse://w@h/other", "/delivrd"),
        ("clickhouse://w@/delivrd", "no host"),
        ("clickhouse://w@h:99999/delivrd", "no host"),
        ("clickhouse://w@h,,i/delivrd", "no host"),
        ("clickhouse://w@h,i/delivrd", "must be one cluster"),
        ("clickhouse://w@h/delivrd?replicated=1", "needs the name of a cluster"),
        ("clickhouse://w@h/delivrd?secure=yes", "0 or 1"),
        ("clickhouse://w@h/delivrd?cluster=", "a name"),
        ("clickhouse://w@h/delivrd?tls=1", "cluster, replicated, secure"),
    ],
)
def test_what_is_no_url_of_a_warehouse(url: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as raised:
        parse_clickhouse(url)
    assert "geheim" not in str(raised.value)
