"""What no single key shows: secrets in the wrong file, the same secret twice, a signature without its key, a log on a
cluster beside a warehouse that is not.
"""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.archive.target import S3
from pipeline.settings.across_alerts import across_alerts
from pipeline.settings.log import KAFKA, KEEP_DAYS
from pipeline.settings.models import SECRET_KEYS
from pipeline.settings.problems import Problem
from pipeline.settings.rules import is_loopback, split_list
from pipeline.settings.servers import CLICKHOUSE
from pipeline.settings.units import parse_duration


def source_tables(settings: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The sources that are tables, as read."""
    sources = settings.get("sources")
    return {k: v for k, v in sources.items() if isinstance(v, dict)} if isinstance(sources, dict) else {}


def misplaced(settings: Mapping[str, Any], config: str, secrets: str) -> Iterator[Problem]:
    """Secrets that stand among the settings."""
    for section, keys in SECRET_KEYS.items():
        if section == "sources":
            tables = {f"sources.{name}": table for name, table in source_tables(settings).items()}
        elif section == "alerts.targets":
            targets = _table(_table(settings, "alerts"), "targets")
            tables = {f"{section}.{name}": table for name, table in targets.items()}
        else:
            tables = {section: settings.get(section) or {}}
        for path, table in tables.items():
            for key in sorted(keys & set(table if isinstance(table, dict) else ())):
                yield Problem(config, f"{path}.{key}", f"is a secret and belongs into {secrets}")


def without_leftovers(secrets: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The secrets but those of sources that were taken out of the settings; they serve again if it comes back."""
    configured = settings.get("sources")
    sources = secrets.get("sources")
    if not isinstance(sources, dict):
        return dict(secrets)
    names = configured if isinstance(configured, dict) else {}
    return {**secrets, "sources": {name: table for name, table in sources.items() if name in names}}


def across_sources(merged: Mapping[str, Any], secrets: str, *, need_secret: bool) -> Iterator[Problem]:
    """A webhook secret that is missing or stands twice, and a signature or its key without the other."""
    owners: dict[str, str] = {}
    for name, table in source_tables(merged).items():
        key = f"sources.{name}.webhook"
        given = split_list(table.get("webhook", []))
        if not given and need_secret:
            yield Problem(secrets, key, "is missing; `delivrd up` and `delivrd reload` make one")
        for secret in given if isinstance(given, list) else []:
            if not isinstance(secret, str):
                continue
            if secret in owners:
                yield Problem(secrets, key, f"is the same as one of {owners[secret]}; each must be another")
            owners.setdefault(secret, f"sources.{name}")
        if "signature" in table and not table.get("signing_key"):
            yield Problem(secrets, f"sources.{name}.signing_key", "is missing, and `signature` needs it")
        if "signing_key" in table and "signature" not in table:
            yield Problem(secrets, f"sources.{name}.signing_key", "is without its `signature` in the settings")


def across_sections(merged: Mapping[str, Any], config: str, secrets: str) -> Iterator[Problem]:
    """Half a cluster, and what one key asks of another."""
    log, warehouse, console = (_table(merged, name) for name in ("log", "warehouse", "console"))
    yield from _archive(_table(merged, "archive"), log, config, secrets)
    yield from across_alerts(_table(merged, "alerts"), source_tables(merged), config)
    local = log.get("url", "sqlite:") == "sqlite:", warehouse.get("url", "embedded:") == "embedded:"
    if local == (True, False):
        yield Problem(config, "log.url", f"must be {KAFKA}… where the warehouse is on servers of its own")
    if local == (False, True):
        yield Problem(config, "warehouse.url", f"must be {CLICKHOUSE}… where the log is on Kafka")
    if local == (True, True):
        for key in ("writer_password", "reader_password"):
            if not warehouse.get(key):
                yield Problem(secrets, f"warehouse.{key}", "is missing; `delivrd up` makes one")
    if not is_loopback(str(console.get("host", "localhost"))) and not console.get("token"):
        yield Problem(secrets, "console.token", "is missing, and others than this machine can reach the console's host")
    yield from _login(log, config, secrets)


def _archive(archive: Mapping[str, Any], log: Mapping[str, Any], config: str, secrets: str) -> Iterator[Problem]:
    if not str(archive.get("target", "")).startswith(S3):
        for key in ("endpoint", "region"):
            if archive.get(key):
                yield Problem(config, f"archive.{key}", f'is for a bucket: target = "{S3}bucket/prefix"')
    for key, other in (("access_key", "secret_key"), ("secret_key", "access_key")):
        if archive.get(key) and not archive.get(other):
            yield Problem(secrets, f"archive.{other}", f"is missing, and `{key}` needs it")
    if archive.get("target") and str(log.get("url", "")).startswith(KAFKA):
        with contextlib.suppress(ValueError):  # what is no duration is a mistake of its own
            keep = parse_duration(str(log.get("keep", f"{KEEP_DAYS}d")))
            if keep and parse_duration(str(archive.get("after", "7d"))) >= keep:
                yield Problem(config, "archive.after", "must be shorter than log.keep: Kafka deletes what is older")


def _login(log: Mapping[str, Any], config: str, secrets: str) -> Iterator[Problem]:
    security = str(log.get("security", "plaintext"))
    for file, key in ((config, "username"), (secrets, "password")):
        if "sasl" in security and not log.get(key):
            yield Problem(file, f"log.{key}", f'is missing, and security = "{security}" needs it')
        if "sasl" not in security and log.get(key):
            yield Problem(file, f"log.{key}", 'is without a login: security = "sasl_tls" or "sasl"')
    if "tls" not in security and log.get("ca_file"):
        yield Problem(config, "log.ca_file", 'is without TLS: security = "tls" or "sasl_tls"')


def _table(merged: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = merged.get(name)
    return found if isinstance(found, dict) else {}
