"""Closes the sockets of connections that fail.

The client library drops them in reference cycles, one for each attempt: a long outage would take all of a process's
file descriptors, the more so where garbage is rarely collected.
"""

import socket
from typing import Any

from kafka.net import inet, manager


class _Socket(inet.KafkaNetSocket):  # type: ignore[misc]
    SCHEMES = ()

    async def sock_connect(self, net: object, sock: socket.socket, *arguments: object, **options: object) -> Any:
        try:
            return await super().sock_connect(net, sock, *arguments, **options)
        except BaseException:
            sock.close()
            raise


class _Transport(manager.KafkaSSLTransport):  # type: ignore[misc]
    async def handshake(self) -> None:
        try:
            await super().handshake()
        except BaseException:
            self._sock.close()
            raise


def close_what_fails() -> None:
    """Have the library use these; once is enough."""
    inet.KafkaNetSocket = _Socket
    manager.KafkaSSLTransport = _Transport
