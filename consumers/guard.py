"""Stops the consumer when it is not the data that is at fault.

A record of an unknown shape is the provider's doing and stops nobody. But when our own code fails on many
records, or the warehouse refuses many rows, going on would turn good reports into dead letters.
"""

from collections import deque

from consumers.normalize import Normalized
from consumers.plan import Plan
from pipeline.warehouse.errors import Setup

OUR_FAULTS = frozenset({"error", "refused"})


class Guard:
    """Counts our own faults over the last chunks. Raises Setup above `share` of at least `number` of them."""

    def __init__(self, share: float = 0.1, number: int = 20, chunks: int = 50) -> None:
        self._share = share
        self._number = number
        self._past: deque[tuple[int, int]] = deque(maxlen=chunks)

    def check(self, plan: Plan, items: int) -> None:
        """Before the plan is stored."""
        faults = [item for item in plan.dead.values() if _is_our_fault(item)]
        records = items + sum(records for records, _ in self._past)
        failed = len(faults) + sum(failed for _, failed in self._past)
        if faults and failed >= self._number and failed > self._share * records:
            reason = faults[0].dead.detail if faults[0].dead else ""
            raise Setup(
                f"{failed} of the last {records} records failed through no fault of theirs ({reason}); "
                "nothing of them was skipped. Mend the cause (see the log), then restart or `delivrd reload`"
            )

    def passed(self, plan: Plan, items: int) -> None:
        """After the plan was stored."""
        self._past.append((items, sum(map(_is_our_fault, plan.dead.values()))))


def _is_our_fault(item: Normalized) -> bool:
    return item.dead is not None and item.dead.reason in OUR_FAULTS
