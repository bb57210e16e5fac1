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
            name = f"{minute}-{number}"
            failed = minute in broken or (minute * EACH + number) % 33 == 0
            home = minute * 60_000 + number * 1000
            event = {
                "home": home, "message": message_hash(False, "a", name), "source": "a", "provider": "integrax",
                "origin": "webhook", "message_id": name, "message_key": name, "country": "BR", "carrier": "vivo",
                "log": UUID(int=1), "reading": 1,
            }  # fmt: skip
            events.append(event | _said(name, "submission", "accepted", "", home))
            family = "network" if failed else ""
            events.append(event | _said(name, "report", "failed" if failed else "delivered", family, home + 4000))
    warehouse.insert("events", {key: [one[key] for one in events] for key in events[0]}, f"minutes {first} {last}")
    names = {one["message_id"]: one for one in events}
    homes = [(id_hash(name), one["message"], one["home"]) for name, one in names.items()]
    columns = dict(zip(("id_hash", "message", "home"), zip(*homes, strict=True), strict=True))
    warehouse.insert("homes", columns, f"homes {first} {last}")


def _said(name: str, kind: str, status: str, family: str, at: int) -> dict[str, Any]:
    return {
        "identity": id_hash(f"{name} {kind}"), "kind": kind, "status": status, "error_family": family,
        "occurred_at": at, "received_at": at,
    }  # fmt: skip


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
