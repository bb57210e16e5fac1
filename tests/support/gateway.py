"""A TCP gateway of the tests' own: what stands between two processes, and can be cut."""

import contextlib
import socket
import ssl
import threading
from typing import Self


class Gateway:
    """`with Gateway(to) as gateway` listens on `gateway.port` and passes all on to the port `to` of this machine.

    With `swallow` set, a request still arrives, and its answer does not: the connection ends instead. With a `tls`
    context whoever connects speaks TLS to it.
    """

    def __init__(self, to: int, tls: ssl.SSLContext | None = None) -> None:
        self.swallow = False
        self._to = to
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Who connects is refused from now on, and what was connected is cut."""
        for one in (self._listener, *list(self._open)):
            _end(one)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls:
                near = self._tls.wrap_socket(near, server_side=True)
            far = socket.create_connection(("127.0.0.1", self._to))
            self._open |= {near, far}
            threading.Thread(target=self._pass_on, args=(near, far), daemon=True).start()
            self._pass_on(far, near, answers=True)
        _end(near)

    def _pass_on(self, source: socket.socket, target: socket.socket, *, answers: bool = False) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(1 << 16):
                if answers and self.swallow:
                    break
                target.sendall(piece)
        for one in (source, target):
            self._open.discard(one)
            _end(one)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
