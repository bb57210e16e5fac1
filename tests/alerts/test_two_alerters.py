"""Two alerters over a night of reports that come late, twice and out of order; one after another is killed."""

import os
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from alerts import keeping
from alerts.backtest import backtest
from alerts.rules import rules_of
from pipeline.warehouse import Warehouse
from tests.alerts.live import EACH, LEARNED, Phone, phone, said, store, store_minutes, submission_of
from tests.alerts.streams import MONDAY
from tests.support.waiting import until

BROKEN = range(LEARNED + 5, LEARNED + 20)
END = LEARNED + 45
STEP_MS = 6_000
MINUTE_MS = 60_000


class Wire:
    """What comes in each minute: a tenth of the reports late, a fifth of all twice, some submissions after the end."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._coming: dict[int, list[dict[str, Any]]] = defaultdict(list)

    def minute(self, minute: int) -> list[dict[str, Any]]:
        """The events of one minute, in any order."""
        for number in range(EACH):
            name, at = f"{minute}-{number}", minute * MINUTE_MS + number * 1000
            late = self._chance.randrange(2, 60) * MINUTE_MS if self._chance.random() < 0.1 else 0
            failed = minute in BROKEN or (minute * EACH + number) % 33 == 0
            outcome = ("failed", "network") if failed else ("delivered", "")
            swapped = 5_000 if self._chance.random() < 0.1 else 0
            self._comes(submission_of(name, at) | {"received_at": at + swapped})
            self._comes(submission_of(name, at) | said(name, "report", *outcome, at + 4000 + late))
        found = self._coming.pop(minute, [])
        self._chance.shuffle(found)
        return found

    def _comes(self, event: dict[str, Any]) -> None:
        self._coming[event["received_at"] // MINUTE_MS].append(event)
        if self._chance.random() < 0.2:
            again = event["received_at"] + self._chance.randrange(100, 90 * MINUTE_MS)
            self._coming[again // MINUTE_MS].append(event | {"received_at": again})


class Night:
    """The clock, the warehouse and the two alerters."""

    def __init__(self, warehouse: Warehouse, folder: Path, oncall: Phone) -> None:
        self.warehouse = warehouse
        self.folder = folder
        self.oncall = oncall
        self.wire = Wire(random.Random(5))
        self.running: list[subprocess.Popen[bytes]] = []
        store_minutes(warehouse, MONDAY, LEARNED, BROKEN)
        self.set("clock", LEARNED * MINUTE_MS)
        self.set("stored", LEARNED * MINUTE_MS)

    def set(self, name: str, value: int) -> None:
        """A number that the alerters read, whole."""
        (self.folder / f"{name}.new").write_text(str(value))
        (self.folder / f"{name}.new").rename(self.folder / name)

    def begin_another(self) -> None:
        """One more alerter, when it has learned."""
        [(_, port)] = self.warehouse.servers.hosts
        command = [sys.executable, "-m", "tests.alerts.watching", str(port), str(self.folder), self.oncall.url]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self.running.append(process)
        until((self.folder / str(process.pid)).exists, "it has learned", 60)

    def kill_one(self, which: int) -> None:
        """As the kernel does."""
        process = self.running.pop(which)
        process.kill()
        process.wait()

    def pass_by(self, first: int, last: int) -> None:
        """Time, a few seconds at a time where the alerters are behind it: they may have to wait for the lead."""
        for minute in range(first, last):
            store(self.warehouse, self.wire.minute(minute), f"minute {minute}")
            self.set("stored", (minute + 1) * MINUTE_MS)
            now = (minute + 1) * MINUTE_MS
            self.set("clock", now)
            while keeping.progress(self.warehouse) <= minute and now < (minute + 2) * MINUTE_MS - STEP_MS:
                time.sleep(0.05)
                now += STEP_MS
                self.set("clock", now)


@contextmanager
def night(warehouse: Warehouse, folder: Path) -> Iterator[Night]:
    with phone() as oncall:
        one = Night(warehouse, folder, oncall)
        try:
            yield one
        finally:
            while one.running:
                one.kill_one(0)


def test_two_of_which_one_after_another_is_killed_tell_each_change_once_and_what_the_backtest_says(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    with night(warehouse, tmp_path) as one:
        one.begin_another()
        one.begin_another()
        for first, last, which in ((LEARNED, LEARNED + 8, 0), (LEARNED + 8, LEARNED + 16, 0), (LEARNED + 16, END, 1)):
            one.pass_by(first, last)
            one.kill_one(which)
            one.begin_another()
        one.pass_by(END, END + 2)
        until(lambda: keeping.progress(warehouse) == END + 2, "all is judged", 60)
        until(lambda: len(one.oncall.heard) >= 2, "the end is told", 60)
        told = [(message["id"], message["changes"]) for message in one.oncall.heard]
        rang = keeping.changes(warehouse, MONDAY)
    assert rang == list(backtest(warehouse, LEARNED, END + 2, rules_of([])))
    assert max(Counter(told).values()) == 1
    assert [message["title"].split()[0] for message in one.oncall.heard if "CHANGED" not in message["title"]] == [
        "PAGE",
        "OVER",
    ]
