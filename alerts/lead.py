"""Which of several alerters leads. The others learn along, and take over when nothing is heard of it.

A lease in the warehouse, in terms: the first insert of a term counts, as its token is the term and a table takes each
token once. Who leads takes the next term every ten seconds, and leads for thirty from the moment before it asked. The
others take the next term only when they have seen the present one stand for thirty seconds, which began later: so no
two lead at once, whatever their clocks show. Only spans are measured, each on one machine.
"""

import time
import uuid
from collections.abc import Callable

from pipeline.clock import now_ms
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse

LEASE_SECONDS = 30.0
RENEW_SECONDS = 10.0
LOOK_SECONDS = 3.0


class Lead:
    """One alerter's part in it. `holder` is its name, another one at each start."""

    def __init__(self, store: Warehouse, timer: Callable[[], float] = time.monotonic) -> None:
        self.holder = uuid.uuid4().hex
        self._store = store
        self._timer = timer
        self._until = self._renew = self._look = float("-inf")
        self._seen = 0
        self._seen_at = 0.0

    def leads(self) -> bool:
        """Whether this one does, now. Asks as seldom as it may. Raises Retry, Refused, Setup."""
        now = self._timer()
        if now < self._renew or now < self._look:
            return now < self._until
        self._look = now + LOOK_SECONDS
        term, holder = self._present()
        if holder not in ("", self.holder) and not self._is_left(term, now):
            self._until = float("-inf")
            return False
        self._take(term + 1, self.holder)
        if self._present() != (term + 1, self.holder):
            return False
        self._until, self._renew = now + LEASE_SECONDS, now + RENEW_SECONDS
        return True

    def let_go(self) -> None:
        """Lead no more; the next one need not wait. Raises Retry, Refused, Setup."""
        term, holder = self._present()
        self._until = self._renew = float("-inf")
        if holder == self.holder:
            self._take(term + 1, "")

    def _is_left(self, term: int, now: float) -> bool:
        if term != self._seen:
            self._seen, self._seen_at = term, self._timer()
        return now - self._seen_at > LEASE_SECONDS

    def _present(self) -> tuple[int, str]:
        rows = self._store.query(load_sql("alerts/lead"))
        return (rows[0][0], rows[0][1]) if rows else (0, "")

    def _take(self, term: int, holder: str) -> None:
        columns: dict[str, list[object]] = {
            "name": ["alerter"], "term": [term], "holder": [holder], "at": [now_ms()],
        }  # fmt: skip
        self._store.insert("alert_leads", columns, f"term {term}")
