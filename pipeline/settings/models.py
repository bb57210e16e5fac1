"""The settings as the program sees them, and what is allowed in each.

The fields are the keys of `delivrd.toml` and `secrets.toml` (by alias where the program measures in other
units than people write). Every mistake of a section is found, not the first one alone.
"""

import ipaddress
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, PlainValidator, PrivateAttr

from pipeline.settings.alerts import AlertsSettings
from pipeline.settings.archive import ArchiveSettings
from pipeline.settings.kinds import Host, Port, Secret, Section
from pipeline.settings.log import LogSettings, SpoolSettings
from pipeline.settings.polling import PollSettings
from pipeline.settings.rules import (
    canonical_status,
    header_value,
    http_url,
    is_loopback,
    known_provider,
    known_region,
    known_timezone,
    network,
    split_list,
)
from pipeline.settings.warehouse import WarehouseSettings
from schemas.adapter import Source
from schemas.status import Status

Network = Annotated[ipaddress.IPv4Network | ipaddress.IPv6Network, PlainValidator(network)]
Networks = Annotated[tuple[Network, ...], BeforeValidator(split_list)]


class ReceiverSettings(Section):
    """The public side. `trusted_proxies` are the networks whose `X-Forwarded-For` is believed."""

    host: Host = "127.0.0.1"
    port: Port = 8080
    trusted_proxies: Networks = ()


class ConsoleSettings(Section):
    """The private side. `token` is asked for where `host` is not a loopback address.

    `numbers` says whether its pages show telephone numbers whole. `address` is where people reach it, for the links
    in what they are told.
    """

    host: Host = "127.0.0.1"
    port: Port = 8081
    address: Annotated[str, BeforeValidator(http_url)] | None = None
    numbers: Literal["masked", "shown"] = "masked"
    token: Secret | None = Field(default=None, repr=False)

    @property
    def needs_token(self) -> bool:
        """Whether others than this machine can reach the port."""
        return not is_loopback(self.host)


class ForgetSettings(Section):
    """What the numbers of those who are to be forgotten are hashed with: the same for each process, and for ever."""

    key: Annotated[str, Field(min_length=16)] | None = Field(default=None, repr=False)


class SignatureSettings(Section):
    """How a provider signs its requests: an HMAC-SHA256 of the body in this header, perhaps behind `sha256=`."""

    header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
    encoding: Literal["hex", "base64"] = "hex"


Credential = Annotated[str, BeforeValidator(header_value)]


class SourceSettings(Section):
    """One account at a provider.

    `webhook_secrets` are one or two (while one replaces the other), or none where a first one is yet to be
    made. `networks`, where given, are the only ones that may post. `signing_keys`, one or two, belong to
    `signature`. `token`, `api_key`, `email` and `password` are what the provider asks of us; which, depends on it.
    """

    provider: Annotated[str, BeforeValidator(known_provider)]
    region: Annotated[str, BeforeValidator(known_region)] = ""
    timezone: Annotated[str, BeforeValidator(known_timezone)] = "UTC"
    store_text: bool = False
    statuses: dict[str, Annotated[Status, BeforeValidator(canonical_status)]] = Field(default={})
    networks: Networks = ()
    signature: SignatureSettings | None = None
    poll: PollSettings | None = None
    webhook_secrets: Annotated[tuple[Secret, ...], BeforeValidator(split_list)] = Field(
        (), alias="webhook", max_length=2, repr=False
    )
    signing_keys: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(split_list)] = Field(
        (), alias="signing_key", max_length=2, repr=False
    )
    token: Credential = Field(default="", repr=False)
    api_key: Credential = Field(default="", repr=False)
    email: Annotated[str, Field(pattern=r"^\S*$")] = Field(default="", repr=False)
    password: str = Field(default="", repr=False)
    _name: str = PrivateAttr(default="")

    @property
    def secrets(self) -> frozenset[str]:
        """Everything about it that must never be seen."""
        login = (self.token, self.api_key, self.email, self.password)
        return frozenset((*self.webhook_secrets, *self.signing_keys, *login)) - {""}

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


class Document(Section):
    """Both files and the environment, merged."""

    receiver: ReceiverSettings = ReceiverSettings()
    console: ConsoleSettings = ConsoleSettings()
    log: LogSettings
    spool: SpoolSettings = SpoolSettings()
    warehouse: WarehouseSettings = WarehouseSettings()
    archive: ArchiveSettings = ArchiveSettings.model_validate({})
    forget: ForgetSettings = ForgetSettings()
    alerts: AlertsSettings = AlertsSettings.model_validate({})
    sources: dict[SourceName, SourceSettings] = Field(default={})

    def model_post_init(self, _context: Any) -> None:
        """Tell each source its name."""
        for name, source in self.sources.items():
            source._name = name  # noqa: SLF001


SECRET_KEYS: Mapping[str, frozenset[str]] = {
    "console": frozenset({"token"}),
    "log": frozenset({"password"}),
    "warehouse": frozenset({"writer_password", "reader_password"}),
    "archive": frozenset({"access_key", "secret_key"}),
    "forget": frozenset({"key"}),
    "sources": frozenset({"webhook", "signing_key", "token", "api_key", "email", "password"}),
    "alerts.targets": frozenset({"url"}),
}
"""The keys, by section, that stand in `secrets.toml` and nowhere else."""


def keys_of(model: type[BaseModel]) -> dict[str, Any]:
    """The keys of a section as people write them, each with its field."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def sections() -> dict[str, type[BaseModel]]:
    """The tables that stand once in the settings, by their names."""
    found = {name: field.annotation for name, field in Document.model_fields.items()}
    return {name: model for name, model in found.items() if isinstance(model, type) and issubclass(model, BaseModel)}
