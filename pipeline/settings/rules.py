"""What single values may be. Each raises ValueError with what is allowed."""

import ipaddress
import re
import zoneinfo
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from pipeline.kafka_log.settings import parse_url
from pipeline.settings.servers import CLICKHOUSE, parse_clickhouse
from pipeline.settings.units import parse_days, parse_duration, parse_size
from schemas.status import Status

_HTTP_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#@]*)?")
MOST_DAYS = 3650
_URL_SAFE = re.compile(r"[A-Za-z0-9_-]{16,}")
_VISIBLE_ASCII = re.compile(r"[!-~]*")


def url_safe(value: Any) -> str:
    """A secret that can stand in a path as it is."""
    if not isinstance(value, str) or not _URL_SAFE.fullmatch(value):
        raise ValueError("must be at least 16 letters, digits, - or _")
    return value


def header_value(value: Any) -> str:
    """A credential that can stand in an HTTP header as it is."""
    if not isinstance(value, str) or not _VISIBLE_ASCII.fullmatch(value):
        raise ValueError("must be letters, digits and signs of ASCII, without spaces")
    return value


def split_list(value: Any) -> Any:
    """A list, or one text with commas, as an environment variable holds it."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def known_provider(value: Any) -> str:
    """A provider that delivrd has an adapter for."""
    from schemas.providers import adapters

    if value not in adapters:
        raise ValueError(f"must be one of {', '.join(sorted(adapters))}")
    return str(value)


def known_region(value: Any) -> str:
    """An ISO 3166 region that has telephone numbers, or nothing."""
    from phonenumbers import SUPPORTED_REGIONS

    if value != "" and value not in SUPPORTED_REGIONS:
        raise ValueError('must be the two capital letters of a country, such as "BR"')
    return str(value)


def known_timezone(value: Any) -> str:
    """A zone of the IANA database."""
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise ValueError('must be a time zone such as "UTC" or "America/Sao_Paulo"') from None
    return str(value)


def canonical_status(value: Any) -> str:
    """A canonical state, and not the empty one."""
    names = [status.value for status in Status if status]
    if value not in names:
        raise ValueError(f"must be one of {', '.join(names)}")
    return str(value)


def network(value: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """A network or a single address."""
    try:
        return ipaddress.ip_network(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError('must be a network such as "203.0.113.0/24" or "2001:db8::/32"') from None


def is_loopback(host: str) -> bool:
    """Whether this machine alone can reach what listens there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def days(value: Any) -> int:
    """Whole days."""
    return parse_days(value if isinstance(value, str) else "")


def duration(least: str, *, per_second: int = 1) -> Callable[[Any], int]:
    """A duration that is not shorter than `least`: in seconds, or in what there are so many of in each."""
    shortest = parse_duration(least)

    def parsed(value: Any) -> int:
        seconds = parse_duration(value if isinstance(value, str) else "")
        if seconds < shortest:
            raise ValueError(f"must be at least {least}")
        return seconds * per_second

    return parsed


def http_url(value: Any) -> str:
    """The beginning of an API's URLs, without a secret in it."""
    if not isinstance(value, str) or not _HTTP_URL.fullmatch(value) or not _has_address(value):
        raise ValueError('must be the beginning of a URL, such as "https://api.example.com"')
    return value


def _has_address(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def retention(value: int) -> int:
    """Days that the times of the tables can hold when they are added to any time (the tables end in 2106)."""
    if value > MOST_DAYS:
        raise ValueError(f'must be at most "{MOST_DAYS}d"; "0d" keeps for ever')
    return value


def size(value: Any) -> int:
    """Bytes."""
    return parse_size(value if isinstance(value, str) else "")


def log_url(value: Any) -> str:
    """Where the event log is."""
    if value == "sqlite:":
        return "sqlite:"
    if not isinstance(value, str) or not value.startswith("kafka://"):
        raise ValueError('must be "sqlite:" or "kafka://host:9092,host2:9092/topic"')
    parse_url(value)
    return value


def warehouse_url(value: Any) -> str:
    """Where the warehouse is."""
    if value == "embedded:":
        return "embedded:"
    if not isinstance(value, str) or not value.startswith(CLICKHOUSE):
        raise ValueError('must be "embedded:" or "clickhouse://user@host:8123,host2:8123/delivrd"')
    parse_clickhouse(value)
    return value
