"""A webhook's other end, a client, and the documented bodies with a comparison of shapes."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

BODIES = Path(__file__).parent / "bodies"


class Inbox:
    """A webhook's other end. `answer` decides on the status of the n-th call (from 1) with this body."""

    def __init__(self) -> None:
        self.answer: Callable[[int, bytes], int] = lambda count, body: 200
        self.calls: list[bytes] = []
        self._came = threading.Condition()
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                with inbox._came:
                    inbox.calls.append(body)
                    status = inbox.answer(len(inbox.calls), body)
                    inbox._came.notify_all()
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def wait_for(self, count: int) -> list[Any]:
        """The bodies, once so many have come."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.calls) >= count, 20), f"{len(self.calls)} calls"
        return self.bodies()

    def bodies(self) -> list[Any]:
        return [json.loads(body) for body in list(self.calls)]


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    inbox = Inbox()
    thread = threading.Thread(target=lambda: inbox.server.serve_forever(poll_interval=0.02))
    thread.start()
    yield inbox
    inbox.server.shutdown()
    thread.join()
    inbox.server.server_close()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10, trust_env=False) as client:
        yield client


def documented(name: str) -> Any:
    return json.loads((BODIES / name).read_text())


def assert_same_shape(got: Any, documented: Any, where: str = "body") -> None:
    """The same fields of the same types; numbers are one type, null stands for any, ids name any element."""
    if got is None or documented is None:
        return
    if isinstance(documented, dict):
        assert isinstance(got, dict), where
        if documented and all(key.isdigit() for key in documented):
            assert got, where
            assert all(key.isdigit() for key in got), where
            for key, value in got.items():
                assert_same_shape(value, next(iter(documented.values())), f"{where}.{key}")
            return
        assert set(got) == set(documented), where
        for key, value in documented.items():
            assert_same_shape(got[key], value, f"{where}.{key}")
    elif isinstance(documented, list):
        assert isinstance(got, list), where
        for value in got:
            assert_same_shape(value, documented[0], f"{where}[]")
    else:
        assert _kind(got) is _kind(documented), where


def _kind(value: Any) -> type:
    return float if type(value) is int else type(value)
