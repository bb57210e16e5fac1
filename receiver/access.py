"""Who may send to which source: the secret in the path, the network it comes from, its signature."""

import base64
import hmac
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from receiver.sources import NOBODY, IntakeSource, Network, Signature
from schemas.record import RecordType

WAYS = {b"webhooks": RecordType.WEBHOOK, b"submissions": RecordType.SUBMISSION}
"""What comes in by which path: `/v1/<way>/{source}/{secret}`."""

Headers = Sequence[tuple[bytes, bytes]]
"""Names in lower case and values, in the order they came."""


class Door:
    """The sources that are configured now, and the proxies that are believed. Both may be exchanged at any time."""

    def __init__(self, sources: Mapping[bytes, IntakeSource], trusted: Sequence[Network]) -> None:
        self.sources = sources
        self.trusted = trusted

    def admit(self, path: bytes, headers: Headers, client: tuple[str, int] | None) -> IntakeSource | None:
        """The source of `/v1/webhooks/{source}/{secret}` (or another of WAYS), or None, whatever of it is wrong.

        The path is taken as it was sent: nothing is decoded or normalized, so only the exact URL is right.
        The secret is compared in constant time, with both that are valid, and where the source is unknown too.
        """
        parts = path.split(b"/")
        if len(parts) != 5 or parts[1] != b"v1" or parts[2] not in WAYS:
            return None
        source = self.sources.get(parts[3])
        first, second = NOBODY if source is None else source.secrets
        right = hmac.compare_digest(parts[4], first) | hmac.compare_digest(parts[4], second)
        if source is None or not right:
            return None
        if source.networks:
            forwarded = [value for name, value in headers if name == b"x-forwarded-for"]
            if client is None or not within(sender(client[0], forwarded, self.trusted), source.networks):
                return None
        return source


def way_of(path: bytes) -> RecordType:
    """How what comes by the path of a request is to be read, once `Door.admit` let it in."""
    return WAYS[path.split(b"/", 3)[2]]


def signed(signature: Signature, given: bytes, body: bytes) -> bool:
    """Whether the header's value `given` is right for the body as it was sent. A leading `sha256=` is allowed."""
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
    chain = [peer, *reversed(b",".join(forwarded).decode("latin-1").split(","))] if forwarded else [peer]
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
