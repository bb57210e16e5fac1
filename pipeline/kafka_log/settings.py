"""Where the log is, how it is reached, and what its topic must be like."""

import re
from typing import Literal

import msgspec

Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]

DEFAULT_PORT = 9092
MAX_MESSAGE_BYTES = 9 * 1024 * 1024
"""What a topic must take: a body of 8 MiB, its context, and room for headers."""
_TOPIC = re.compile(r"[a-zA-Z0-9._-]{1,249}")
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9._-]+)(?::([0-9]{1,5}))?")


class Tls(msgspec.Struct, frozen=True):
    """Who signed the brokers' certificates (a PEM file); without it, those whom this machine trusts."""

    ca_file: str | None = None


class Sasl(msgspec.Struct, frozen=True):
    """Who logs in, and how."""

    mechanism: Mechanism
    username: str
    password: str

    def __repr__(self) -> str:
        return f"Sasl(mechanism={self.mechanism!r}, username={self.username!r})"


class KafkaSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One topic of one cluster, and the consumer group that reads it.

    `replication`, `min_insync` and `keep_ms` (-1: for ever) are given to a topic that is made, and asked of one that is
    there.
    `append_timeout` (seconds) is how long an append may wait to be acknowledged; `session_timeout` (seconds),
    after how much silence the group gives a reader's partitions to others.
    """

    servers: tuple[str, ...]
    topic: str
    partitions: int = 12
    replication: int = 3
    min_insync: int = 2
    keep_ms: int = 30 * 86_400_000
    group: str = "delivrd"
    append_timeout: float = 1.0
    session_timeout: float = 10.0
    tls: Tls | None = None
    sasl: Sasl | None = None


def parse_url(url: str) -> tuple[tuple[str, ...], str]:
    """Servers and topic of `kafka://host:9092,host2:9092/topic`. Raises ValueError, which never shows the URL.

    Names and passwords do not belong into it: a URL is shown in logs and process lists.
    """
    scheme, _, rest = url.partition("://")
    if scheme != "kafka":
        raise ValueError("the log's URL must begin with kafka://")
    if "@" in rest:
        raise ValueError("the log's URL must not hold a user or password; give them as settings of their own")
    hosts, slash, topic = rest.partition("/")
    if not slash or not _TOPIC.fullmatch(topic) or topic in (".", ".."):
        raise ValueError(
            "the log's URL must end with a topic (letters, digits, '.', '_', '-'): kafka://host:9092/topic"
        )
    return tuple(_server(host) for host in hosts.split(",")), topic


def _server(text: str) -> str:
    match = _HOST.fullmatch(text.strip())
    if not match or int(match[2] or DEFAULT_PORT) > 65535:
        raise ValueError(f"{text.strip()!r} in the log's URL is no host, or host:port")
    return f"{match[1]}:{match[2] or DEFAULT_PORT}"
