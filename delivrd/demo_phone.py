"""The phone of whoever is on call in the demo: takes alarms by webhook, and shows them in the terminal."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import msgspec

MARK = "| "
"""What each line of a message begins with."""


class _Message(msgspec.Struct):
    title: str
    text: str


class Phone:
    """Listens from its making on. `url` is that of a target of alarms."""

    def __init__(self, say: Callable[[str], None]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                message = msgspec.json.decode(self.rfile.read(int(self.headers["content-length"])), type=_Message)
                lines = [message.title, "", *message.text.splitlines()]
                say("\n" + "\n".join(f"{MARK}{line}".rstrip() for line in lines) + "\n")
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep still."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="phone", daemon=True)
        self.url = f"webhook+http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
