"""The settings as the program sees them, and what is allowed in each.

The fields are the keys of `delivrd.toml` and `secrets.toml` (by alias where the program measures in other
units than people write). Every mistake of a section is found, not the first one alone.
"""

import ipaddress
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, PrivateAttr

from pipeline.settings.rules import (
    canonical_status,
    days,
    known_provider,
    known_region,
    known_timezone,
    network,
    size,
    split_list,
    url_safe,
)
from schemas.adapter import Source
from schemas.status import Status

Host = Annotated[str, Field(min_length=1)]
Port = Annotated[int, Field(ge=0, le=65535)]
Days = Annotated[int, BeforeValidator(days)]
Size = Annotated[int, BeforeValidator(size)]
Secret = Annotated[str, BeforeValidator(url_safe)]
Network = Annotated[ipaddress.IPv4Network | ipaddress.IPv6Network, PlainValidator(network)]
Networks = Annotated[tuple[Network, ...], BeforeValidator(split_list)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ReceiverSettings(_Section):
    """The public side. `trusted_proxies` are the networks whose `X-Forwarded-For` is believed."""

    host: Host = "127.0.0.1"
    port: Port = 8080
    trusted_proxies: Networks = ()


class ConsoleSettings(_Section):
    """The private side. `token` is asked for where `host` is not a loopback address."""

    host: Host = "127.0.0.1"
    port: Port = 8081
    token: Secret = Field(repr=False)

    @property
    def needs_token(self) -> bool:
        """Whether others than this machine can reach the port."""
        if self.host == "localhost":
            return False
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return True


class LogSettings(_Section):
    """The event log. Only records that the warehouse has taken are ever removed.

    `reserve_bytes` is the room on the disk that is left to the other parts: beyond it, requests are refused.
    """

    url: Literal["sqlite:"] = "sqlite:"
    keep_days: Days = Field(30, alias="keep")
    max_bytes: Size = Field(20 * 10**9, alias="max_size")
    reserve_bytes: Size = Field(2**30, alias="reserve")


class WarehouseSettings(_Section):
    """The warehouse. A port of 0 is chosen at start; `engine_command` replaces the embedded engine's."""

    url: Literal["embedded:"] = "embedded:"
    http_port: Port = 0
    tcp_port: Port = 0
    memory_bytes: Size = Field(2 * 2**30, alias="memory")
    keep_days: Days = Field(400, alias="keep")
    writer_password: Secret = Field(repr=False)
    reader_password: Secret = Field(repr=False)
    engine_command: Annotated[tuple[str, ...], BeforeValidator(split_list)] = ()


class SignatureSettings(_Section):
    """How a provider signs its requests: an HMAC-SHA256 of the body in this header, perhaps behind `sha256=`."""

    header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
    encoding: Literal["hex", "base64"] = "hex"


class SourceSettings(_Section):
    """One account at a provider.

    `webhook_secrets` are one or two (while one replaces the other), or none where a first one is yet to be
    made. `networks`, where given, are the only ones that may post. `signing_keys`, one or two, belong to
    `signature`.
    """

    provider: Annotated[str, BeforeValidator(known_provider)]
    region: Annotated[str, BeforeValidator(known_region)] = ""
    timezone: Annotated[str, BeforeValidator(known_timezone)] = "UTC"
    store_text: bool = False
    statuses: dict[str, Annotated[Status, BeforeValidator(canonical_status)]] = {}
    networks: Networks = ()
    signature: SignatureSettings | None = None
    webhook_secrets: Annotated[tuple[Secret, ...], BeforeValidator(split_list)] = Field(
        (), alias="webhook", max_length=2, repr=False
    )
    signing_keys: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(split_list)] = Field(
        (), alias="signing_key", max_length=2, repr=False
    )
    _name: str = PrivateAttr(default="")

    @property
    def source(self) -> Source:
        """What the reading of this source's records needs."""
        return Source(
            name=self._name,
            provider=self.provider,
            region=self.region,
            timezone=self.timezone,
            store_text=self.store_text,
            statuses=self.statuses,
        )


SourceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]


class Document(_Section):
    """Both files and the environment, merged."""

    receiver: ReceiverSettings = ReceiverSettings()
    console: ConsoleSettings
    log: LogSettings
    warehouse: WarehouseSettings
    sources: dict[SourceName, SourceSettings] = {}

    def model_post_init(self, _context: Any) -> None:
        """Tell each source its name."""
        for name, source in self.sources.items():
            source._name = name  # noqa: SLF001


SECRET_KEYS: Mapping[str, frozenset[str]] = {
    "console": frozenset({"token"}),
    "warehouse": frozenset({"writer_password", "reader_password"}),
    "sources": frozenset({"webhook", "signing_key"}),
}
"""The keys, by section, that stand in `secrets.toml` and nowhere else."""


def keys_of(model: type[BaseModel]) -> dict[str, Any]:
    """The keys of a section as people write them, each with its field."""
    return {field.alias or name: field for name, field in model.model_fields.items()}
