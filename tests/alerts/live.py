"""A day of traffic in a real warehouse, told minute by minute, and somebody who is told of alarms."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

from pipeline.warehouse import Warehouse
from schemas.identity import id_hash, message_hash
from tests.alerts.streams import MONDAY

EACH = 5
"""Messages a minute."""


def store_minutes(warehouse: Warehouse, first: int, last: int, broken: range) -> None:
    """All that is heard of one route in these minutes; in `broken` nothing is delivered."""
    events: list[dict[str, Any]] = []
    for minute in range(first, last):
        for number in range(EACH):
            name, home = f"{minute}-{number}", minute * 60_000 + number * 1000
            failed = minute in broken or (minute * EACH + number) % 33 == 0
            outcome = ("failed", "network") if failed else ("delivered", "")
            submitted = submission_of(name, home)
            events += [submitted, submitted | said(name, "report", *outcome, home + 4000)]
    store(warehouse, events, f"{first} {last}")


def submission_of(name: str, at: int) -> dict[str, Any]:
    """A message is sent; its home is then."""
    message = {
        "home": at, "message": message_hash(False, "a", name), "source": "a", "provider": "integrax",
        "origin": "webhook", "message_id": name, "message_key": name, "country": "BR", "carrier": "vivo",
        "log": UUID(int=1), "reading": 1,
    }  # fmt: skip
    return message | said(name, "submission", "accepted", "", at)


def said(name: str, kind: str, status: str, family: str, at: int) -> dict[str, Any]:
    """What was told of it."""
    return {
        "identity": id_hash(f"{name} {kind}"), "kind": kind, "status": status, "error_family": family,
        "occurred_at": at, "received_at": at,
    }  # fmt: skip


def store(warehouse: Warehouse, events: list[dict[str, Any]], token: str) -> None:
    """Events of messages, as they were read."""
    warehouse.insert("events", {key: [one[key] for one in events] for key in events[0]}, f"events {token}")
    homes = {(id_hash(one["message_id"]), one["message"], one["home"]) for one in events}
    columns = dict(zip(("id_hash", "message", "home"), zip(*sorted(homes), strict=True), strict=True))
    warehouse.insert("homes", columns, f"homes {token}")


class Phone:
    """Takes webhooks. While `deaf`, it answers 503."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.calls = 0
        self.deaf = False
        self.url = ""


@contextmanager
def phone() -> Iterator[Phone]:
    """One that listens."""
    one = Phone()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            one.calls += 1
            if not one.deaf:
                one.heard.append(json.loads(body))
            self.send_response(503 if one.deaf else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        one.url = f"webhook+http://127.0.0.1:{server.server_address[1]}/"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield one
        finally:
            server.shutdown()
            thread.join()


LEARNED = MONDAY + 30 * 60
"""From here on the tests tell minute by minute."""
