"""The configured sources as the receiver needs them."""

import secrets
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

import msgspec

from pipeline.settings import SourceSettings
from schemas.adapter import Adapter, Source
from schemas.credentials import spellings

Network = IPv4Network | IPv6Network

NOBODY = (secrets.token_urlsafe(32).encode(), secrets.token_urlsafe(32).encode())
"""What is compared where there is no source or no secret, so that all refusals take the same time."""


class Signature(msgspec.Struct, frozen=True):
    """An HMAC-SHA256 over the body as it was sent, with one of `keys`, in a header (its name in lower case)."""

    header: bytes
    encoding: Literal["hex", "base64"]
    keys: tuple[bytes, ...]


class IntakeSource(msgspec.Struct, frozen=True):
    """One source: how its bodies are read, and what proves that they are from its provider.

    `secrets` are the two that are valid; where there is one, it stands twice. No `networks` means any.
    """

    source: Source
    adapter: Adapter
    secrets: tuple[bytes, bytes]
    networks: tuple[Network, ...] = ()
    signature: Signature | None = None
    hidden: Sequence[bytes] = ()
    """What is taken out of submissions before these are kept: the source's own secrets, as they may be written."""


def intake_sources(
    settings: Mapping[str, SourceSettings], adapters: Mapping[str, Adapter]
) -> dict[bytes, IntakeSource]:
    """The sources by their names, as they stand in a path. One that has no secret yet admits nobody."""
    return {name.encode(): _intake_source(source, adapters[source.provider]) for name, source in settings.items()}


def _intake_source(settings: SourceSettings, adapter: Adapter) -> IntakeSource:
    keys = tuple(secret.encode() for secret in settings.webhook_secrets)
    signature = settings.signature
    return IntakeSource(
        source=settings.source,
        adapter=adapter,
        secrets=(keys[0], keys[-1]) if keys else NOBODY,
        networks=settings.networks,
        hidden=spellings(settings.secrets),
        signature=Signature(
            header=signature.header.lower().encode(),
            encoding=signature.encoding,
            keys=tuple(key.encode() for key in settings.signing_keys),
        )
        if signature
        else None,
    )
