"""The warehouse's URL: `clickhouse://user@host:8123,host2:8123/delivrd?cluster=NAME&replicated=1&secure=1`."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from pipeline.servers import PUBLIC, Servers

CLICKHOUSE = "clickhouse://"
PORT = 8123
SECURE_PORT = 8443
_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9._-]+)(?::([0-9]{1,5}))?")


def parse_clickhouse(url: str) -> tuple[str, Servers]:
    """The user who writes, and the servers. Raises ValueError, which never shows the URL: it may hold a password."""
    user, at, rest = url.removeprefix(CLICKHOUSE).rpartition("@")
    if ":" in user:
        raise ValueError("must not hold a password; that stands in secrets.toml, as warehouse.writer_password")
    if not at or not _NAME.fullmatch(user):
        raise ValueError("must name the writing user: clickhouse://user@host:8123/delivrd")
    place, _, query = rest.partition("?")
    hosts, _, database = place.partition("/")
    if database != PUBLIC:
        raise ValueError(f"must end with the database /{PUBLIC}: clickhouse://user@host:8123/{PUBLIC}")
    parameters = _parameters(query)
    secure, replicated = parameters["secure"] == "1", parameters["replicated"] == "1"
    cluster = parameters["cluster"]
    if replicated and not cluster:
        raise ValueError("has replicated=1, which needs the name of a cluster: cluster=NAME")
    port = SECURE_PORT if secure else PORT
    found = tuple(_host(host, port) for host in hosts.split(","))
    if len(found) > 1 and not cluster:
        raise ValueError("names several servers, which must be one cluster: cluster=NAME")
    return user, Servers(found, cluster, replicated, secure)


def _parameters(query: str) -> Mapping[str, str]:
    found = {"cluster": "", "replicated": "0", "secure": "0"}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in found:
            raise ValueError(f"knows no parameter {name!r}; there are {', '.join(sorted(found))}")
        if not (_NAME.fullmatch(value) if name == "cluster" else value in ("0", "1")):
            raise ValueError(f"has {name}={value!r}; it must be {'a name' if name == 'cluster' else '0 or 1'}")
        found[name] = value
    return found


def _host(text: str, port: int) -> tuple[str, int]:
    match = _HOST.fullmatch(text.strip())
    if match is None or int(match[2] or port) > 65535:
        raise ValueError(f"names {text.strip()!r}, which is no host, or host:port")
    return match[1].strip("[]"), int(match[2] or port)
