"""Senders that never let go: reports posted without a pause, and a list of what was acknowledged."""

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.support.installation import Installation
from tests.support.waiting import until

STATUSES = {"DELIVRD": "delivered", "EXPIRED": "expired", "REJECTD": "rejected", "UNDELIV": "undeliverable"}
_AGAIN = 0.3
"""The share of requests that send again what was sent before, acknowledged or not."""

Report = tuple[str, str]
"""The id of a message, and the status that was told of it."""


class Sender(threading.Thread):
    """Posts reports of one source on a kept connection, sometimes several in one body, sometimes again.

    `sent` holds what may have come in, `acknowledged` what was answered with 2xx, each with how often.
    `refused` counts other answers, `broken` requests without one.
    """

    def __init__(self, name: str, url: str, seed: int, pause: float) -> None:
        super().__init__(name=f"sender-{name}", daemon=True)
        self.sent: Counter[Report] = Counter()
        self.acknowledged: Counter[Report] = Counter()
        self.refused: Counter[int] = Counter()
        self.broken = 0
        self._id = name
        self._url = url
        self._pause = pause
        self._dice = random.Random(f"{seed}-{name}")
        self._ended = threading.Event()

    def run(self) -> None:
        """Until told to end; the request in hand is finished."""
        with httpx.Client(timeout=30) as client:
            while not self._ended.wait(self._pause):
                reports = self._choose()
                self.sent.update(reports)
                try:
                    status = client.post(self._url, content=_body(reports)).status_code
                except httpx.TransportError:
                    self.broken += 1
                    self._ended.wait(0.02)
                    continue
                if 200 <= status < 300:
                    self.acknowledged.update(reports)
                else:
                    self.refused[status] += 1

    def end(self) -> None:
        """Begin nothing new."""
        self._ended.set()

    def _choose(self) -> list[Report]:
        if self.sent and self._dice.random() < _AGAIN:
            # The latest are the ones that were in the air when something died.
            return self._dice.choices(list(self.sent)[-200:], k=self._dice.choice([1, 1, 3]))
        first = len(self.sent)
        count = self._dice.choice([1, 1, 1, 2, 20])
        return [(f"{self._id}-{first + n}", self._dice.choice(list(STATUSES))) for n in range(count)]


class Load:
    """Several senders, and what became of all that they sent."""

    def __init__(self, seed: int, senders: list[Sender]) -> None:
        self.seed = seed
        self.senders = senders

    @property
    def acknowledged(self) -> Counter[Report]:
        """What was answered with 2xx, and how often."""
        return sum((sender.acknowledged for sender in self.senders), Counter())

    @property
    def sent(self) -> Counter[Report]:
        """What may have come in, and how often."""
        return sum((sender.sent for sender in self.senders), Counter())

    @property
    def refused(self) -> Counter[int]:
        """Answers that were no 2xx."""
        return sum((sender.refused for sender in self.senders), Counter())

    @property
    def broken(self) -> int:
        """Requests without an answer."""
        return sum(sender.broken for sender in self.senders)

    def more(self, count: int = 50) -> None:
        """Return when so many more requests were answered with 2xx."""
        before = self._answered()
        until(lambda: self._answered() >= before + count, f"{count} more requests are acknowledged")

    def end(self) -> None:
        """Stop sending, after the requests in hand."""
        for sender in self.senders:
            sender.end()
        for sender in self.senders:
            sender.join(60)

    def _answered(self) -> int:
        return sum(len(sender.acknowledged) for sender in self.senders)


@contextmanager
def load(url: str, senders: int = 4, seed: int = 0, pause: float = 0.02) -> Iterator[Load]:
    """Senders that post to an URL of the provider integrax within the block, and have ended after it.

    `seed` decides what they send, and is part of each message's id. Each rests for `pause` seconds after each
    request, so that the rest of the machine has a chance.
    """
    threads = [Sender(f"{seed}-{number}", url, seed, pause) for number in range(senders)]
    for thread in threads:
        thread.start()
    made = Load(seed, threads)
    try:
        yield made
    finally:
        made.end()


def assert_kept(installation: Installation, load: Load) -> dict[str, Any]:
    """Every report that was acknowledged is in the warehouse once, row by row, and nothing that was not sent.

    Nothing is pending or missing, says the audit, which is returned.
    """
    audit = installation.audit()
    ours = f"startsWith(message_id, '{load.seed}-')"
    events = installation.sql(f"SELECT message_id, provider_status FROM events WHERE {ours}")
    messages = installation.sql(f"SELECT message_id, provider_status, status, facts FROM messages WHERE {ours}")
    facts = Counter((row["message_id"], row["provider_status"]) for row in events)
    wrong = [fact for fact, times in facts.items() if times != 1]
    assert not wrong, f"not exactly once: {wrong[:5]}"
    lost = load.acknowledged.keys() - facts.keys()
    assert not lost, f"{len(lost)} of {len(load.acknowledged)} acknowledged reports are lost: {sorted(lost)[:5]}"
    assert facts.keys() <= load.sent.keys(), "what was not sent came in"
    shown = sorted((row["message_id"], row["provider_status"], row["status"], row["facts"]) for row in messages)
    assert shown == sorted((message, given, STATUSES[given], 1) for message, given in facts)
    return audit


def assert_audited(audit: dict[str, Any], load: Load) -> None:
    """The audit's figures agree with the senders' lists. Nobody else may have sent."""
    # What was in the air when something died may have come in or not.
    assert load.acknowledged.total() <= audit["received"] <= load.sent.total()
    assert audit["received"] == audit["stored"] + audit["repeated"]
    assert len(load.acknowledged) <= audit["stored"] <= len(load.sent)


def _body(reports: list[Report]) -> bytes:
    told = [
        {"messageId": message, "phone": "5511999999999", "status": status, "timestamp": "2026-04-12T10:30:00Z"}
        for message, status in reports
    ]
    return json.dumps(told[0] if len(told) == 1 else told).encode()
