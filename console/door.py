"""Who may look, and who may act: the token of the console, or a session that was opened with it."""

import hmac
import ipaddress
import secrets
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from pipeline.clock import Clock

SESSION = "delivrd_session"
SESSION_MS = 12 * 3_600_000

Connection = ASGIConnection[Any, Any, Any, Any]


class Door(msgspec.Struct, frozen=True):
    """`closed` where others than this machine reach the port: then looking needs the token as well.

    `hosts` are the names by which the port is asked for, besides addresses: a page elsewhere whose name was pointed
    at this machine (DNS rebinding) asks by another one.
    """

    token: str
    closed: bool
    hosts: Collection[str]
    clock: Clock

    def opens_with(self, token: str) -> bool:
        """Whether this is the token; compared in constant time."""
        return hmac.compare_digest(token.encode(), self.token.encode())

    def new_session(self) -> str:
        """A cookie's value that is good for twelve hours. A new token ends all of them."""
        claim = f"{self.clock() + SESSION_MS}.{secrets.token_hex(8)}"
        return f"{claim}.{self._sign(claim)}"

    def knows(self, connection: Connection) -> bool:
        """Whether it comes with the token, or with a session."""
        return self.recognizes(connection.headers, connection.cookies)

    def may_look(self, connection: Connection, _: BaseRouteHandler) -> None:
        """A guard. Raises NotAuthorizedException, PermissionDeniedException."""
        if self.closed:
            self.may_act(connection, _)
        elif not self._by_its_own_name(connection.headers.get("host", "")):
            raise PermissionDeniedException("the console is asked for by an address or as localhost")

    def may_act(self, connection: Connection, _: BaseRouteHandler) -> None:
        """A guard. Raises NotAuthorizedException."""
        if not self.knows(connection):
            raise NotAuthorizedException("the token of the console is needed")

    def recognizes(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> bool:
        """Whether one of these is the token, or a session that was opened with it and is not over."""
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.opens_with(given):
            return True
        claim, _, signature = cookies.get(SESSION, "").rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(claim).encode()):
            return False
        return int(claim.partition(".")[0]) > self.clock()

    def _sign(self, claim: str) -> str:
        return hmac.digest(self.token.encode(), f"session {claim}".encode(), "sha256").hex()

    def _by_its_own_name(self, host: str) -> bool:
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
        if name == "localhost" or name in self.hosts:
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True
