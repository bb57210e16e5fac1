"""The configured sources as the receiver needs them, and who may send to them."""

import base64
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal

import msgspec

from pipeline.settings import SourceSettings
from schemas.adapter import Adapter, Source

Network = IPv4Network | IPv6Network

_NOBODY = (secrets.token_urlsafe(32).encode(), secrets.token_urlsafe(32).encode())
"""Compared against where the source is unknown, so that both refusals take the same time."""


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
        secrets=(keys[0], keys[-1]) if keys else _NOBODY,
        networks=settings.networks,
        signature=Signature(
            header=signature.header.lower().encode(),
            encoding=signature.encoding,
            keys=tuple(key.encode() for key in settings.signing_keys),
        )
        if signature
        else None,
    )


def admitted(sources: Mapping[bytes, IntakeSource], name: bytes, secret: bytes) -> IntakeSource | None:
    """The source of this name if the secret is one of its two, compared in constant time; else None."""
    found = sources.get(name)
    first, second = _NOBODY if found is None else found.secrets
    right = hmac.compare_digest(secret, first) | hmac.compare_digest(secret, second)
    return found if right else None


def signed(signature: Signature, given: bytes, body: bytes) -> bool:
    """Whether the header's value `given` is right for the body. A leading `sha256=` is allowed."""
    given = given.strip().removeprefix(b"sha256=")
    right = False
    for key in signature.keys:
        digest = hmac.digest(key, body, "sha256")
        if signature.encoding == "hex":
            right |= hmac.compare_digest(given.lower(), digest.hex().encode())
        else:
            right |= hmac.compare_digest(given, base64.b64encode(digest))
    return right


def sender(peer: str, forwarded: Sequence[bytes], trusted: Sequence[Network]) -> IPv4Address | IPv6Address | None:
    """Who sent it: the peer, or, where that is a trusted proxy, whom the nearest `X-Forwarded-For` names.

    Read from the right, as everything to the left of an untrusted address may be forged. None where
    an address cannot be read.
    """
    chain = [peer, *(part for part in reversed(b",".join(forwarded).decode("latin-1").split(",")) if part.strip())]
    address = None
    for part in chain:
        try:
            address = _plain(part.strip())
        except ValueError:
            return None
        if not within(address, trusted):
            break
    return address


def within(address: IPv4Address | IPv6Address | None, networks: Iterable[Network]) -> bool:
    """Whether an address is in one of the networks."""
    return address is not None and any(address in network for network in networks)


def _plain(text: str) -> IPv4Address | IPv6Address:
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address
