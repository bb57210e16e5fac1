"""How long after its 2xx a report is an answer in SQL, while reports keep coming at a steady rate."""

import asyncio
import threading
import time
from pathlib import Path
from typing import Self

from bench.figures import Figure, of_runs, percentile
from bench.installation import Installation, await_that
from bench.sending import Sent, send
from delivrd.parts import reader
from pipeline.settings import Settings

RUNS = 3
RATE = 2_000
SECONDS = 12
EVERY = 40
"""One report in so many is looked for."""
PAUSE = 0.05
QUESTION = "SELECT message_id FROM messages WHERE message_id IN {ids:Array(String)}"


class Watch:
    """Asks for the messages whose reports were accepted, until each is there."""

    def __init__(self, settings: Settings) -> None:
        self._warehouse = reader(settings)
        self._pending: dict[str, float] = {}
        self.delays: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch")

    def accepted(self, sent: Sent) -> None:
        """A report got its 2xx."""
        if sent.number % EVERY == 0:
            self._pending[sent.message_id] = sent.accepted_at

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        await_that(lambda: not self._pending or not self._thread.is_alive(), "the last reports to be visible")
        self._over.set()
        self._thread.join()
        self._warehouse.close()

    def _look(self) -> None:
        while not self._over.wait(PAUSE):
            asked = list(self._pending)
            if asked:
                rows = self._warehouse.query(QUESTION, {"ids": asked})
                seen_at = time.perf_counter()
                self.delays += [seen_at - self._pending.pop(message_id) for (message_id,) in rows]


def measure(folder: Path) -> list[Figure]:
    """Figures of a whole delivrd under a steady load."""
    installation = Installation(folder / "visible")
    runs = []
    with installation.up():
        for run in range(RUNS):
            with Watch(installation.settings) as watch:
                sent = asyncio.run(send(installation.url(), RATE, SECONDS, f"v{run}", watch.accepted))
            delays = [delay * 1000 for delay in watch.delays]
            runs.append(
                {
                    ("from 2xx to visible, p50", "ms"): percentile(delays, 0.5),
                    ("from 2xx to visible, p99", "ms"): percentile(delays, 0.99),
                    ("really sent and accepted", "requests/s"): len(sent) / _seconds(sent),
                }
            )
    method = (
        f"`delivrd up` whole; {RATE:,} requests/s for {SECONDS} s a run; one report in {EVERY} is asked for in SQL, "
        f"every {PAUSE * 1000:.0f} ms until `messages` has it, so the asking is part of the figure; sender and "
        "asker share the machine's cores with it"
    )
    return of_runs("Visible in SQL", method, runs)


def _seconds(sent: list[Sent]) -> float:
    return max(one.accepted_at for one in sent) - min(one.due_at for one in sent)
