"""A TCP proxy: the network between two parts, which can be slow, cut, and mended."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

_BLOCK = 64 * 1024


class Proxy:
    """Listens on a port of 127.0.0.1 and passes on what comes to `target`, another port there.

    `delay` are seconds that each block waits. While `cut`, nobody gets through and nobody is told.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.delay = 0.0
        self._open = threading.Event()
        self._open.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._ends: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Let nothing through any more: connections stay, and are silent."""
        self._open.clear()

    def mend(self) -> None:
        """Let through what waited and what comes."""
        self._open.set()

    def hang_up(self) -> None:
        """End every connection, in the middle of whatever it is."""
        for end in list(self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Listen no more, and end every connection."""
        self._open.set()
        self._listener.close()
        self.hang_up()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError), near:
            self._open.wait()
            with socket.create_connection(("127.0.0.1", self.target)) as far:
                self._ends |= {near, far}
                back = threading.Thread(target=self._pass_on, args=(far, near), daemon=True)
                back.start()
                self._pass_on(near, far)
                back.join()
                self._ends -= {near, far}

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while block := source.recv(_BLOCK):
                time.sleep(self.delay)
                self._open.wait()
                sink.sendall(block)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def proxy(target: int) -> Iterator[Proxy]:
    """A proxy within the block."""
    made = Proxy(target)
    try:
        yield made
    finally:
        made.close()
