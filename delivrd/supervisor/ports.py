"""Which addresses a start uses: the configured ones, or free ones where a port of 0 asks for that."""

import contextlib
import socket

from delivrd.errors import Trouble
from pipeline.settings import Settings

BACKLOG = 4096
"""Connections that may wait to be accepted."""
_LOOPBACK = "127.0.0.1"


def choose(settings: Settings) -> dict[str, str]:
    """The addresses, as the environment variables that set them. Raises Trouble where a configured port is taken."""
    receiver, console, warehouse = settings.receiver, settings.console, settings.warehouse
    with contextlib.ExitStack() as held:  # all at once, so that no port is chosen twice
        receiver_port = _configured(held, receiver.host, receiver.port, "receiver", "--port")
        console_port = _configured(held, console.host, console.port, "console", "--console-port")
        beside = console_port if console.port else 0
        return {
            "DELIVRD_RECEIVER_HOST": receiver.host,
            "DELIVRD_RECEIVER_PORT": str(receiver_port),
            "DELIVRD_CONSOLE_HOST": console.host,
            "DELIVRD_CONSOLE_PORT": str(console_port),
            "DELIVRD_WAREHOUSE_HTTP_PORT": str(warehouse.http_port or _free(held, beside and beside + 1)),
            "DELIVRD_WAREHOUSE_TCP_PORT": str(warehouse.tcp_port or _free(held, beside and beside + 2)),
        }


def listen(settings: Settings) -> socket.socket:
    """The public port's socket. We hold it, so that whoever connects while the intake is started again waits for it."""
    receiver = settings.receiver
    family = socket.AF_INET6 if ":" in receiver.host else socket.AF_INET
    return socket.create_server((receiver.host, receiver.port), family=family, backlog=BACKLOG)


def _configured(held: contextlib.ExitStack, host: str, port: int, section: str, option: str) -> int:
    try:
        return _bind(held, host, port)
    except OSError as error:
        raise Trouble(
            f"{host}:{port} cannot be had ({error.strerror}). Stop what listens there, or choose another with "
            f"{option} or `{section}.port` in the settings."
        ) from None


def _free(held: contextlib.ExitStack, port: int) -> int:
    """The port asked for, or another where that is taken."""
    try:
        return _bind(held, _LOOPBACK, port)
    except (OSError, OverflowError):
        return _bind(held, _LOOPBACK, 0)


def _bind(held: contextlib.ExitStack, host: str, port: int) -> int:
    """The port, bound until `held` closes. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    probe = held.enter_context(socket.socket(family, socket.SOCK_STREAM))
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind((host, port))
    found: int = probe.getsockname()[1]
    return found
