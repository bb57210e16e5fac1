"""What it costs to choose which of many open messages to ask about."""

from pathlib import Path
from time import perf_counter

from bench.figures import Figure, of_runs
from pollers.schedule import HOUR_MS, Last, Open, Policy, choose, waiting

RUNS = 7
OPEN = 10_000
ROOM = 50
NOW = 100 * HOUR_MS


def measure(folder: Path) -> list[Figure]:  # noqa: ARG001 (nothing is written)
    """The figure of one choice."""
    policy = Policy()
    span = policy.give_up // OPEN
    messages = [Open(f"{number:024x}", NOW - number * span) for number in range(OPEN)]
    # Each asked about halfway through its life, so that all but the newest are due.
    asked = {message_id: Last((born + NOW) // 2 - policy.longest) for message_id, born in messages}
    runs = []
    for _ in range(RUNS):
        began = perf_counter()
        due = waiting(messages, asked, NOW, policy)
        choose(due, ROOM)
        runs.append({("one choice", "ms"): (perf_counter() - began) * 1000, ("due", "messages"): float(len(due))})
    return of_runs(
        "Schedule of polling", f"{ROOM} of {OPEN:,} open messages chosen, at most once a second for a source", runs
    )
