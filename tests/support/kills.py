"""Sudden deaths, at random moments under load."""

import contextlib
import random
import signal
import time

from tests.support.installation import PARTS, Installation
from tests.support.load import Load

SUPERVISOR = "supervisor"
EVERYTHING = "everything"
VICTIMS = (*PARTS, SUPERVISOR, EVERYTHING)


def kill_all_in_turn(delivrd: Installation, senders: Load, rounds: int, seed: int) -> None:
    """Each of VICTIMS once a round, in an order and at moments that `seed` decides; it ends with all at work."""
    print(f"seed {seed}")  # noqa: T201 (with it the same run can be had again)
    dice = random.Random(seed)
    for _ in range(rounds):
        for victim in dice.sample(VICTIMS, len(VICTIMS)):
            senders.more(dice.randrange(1, 100))
            time.sleep(dice.random() * 0.3)  # anywhere between two commits
            kill(delivrd, victim)
    senders.more()


def kill(delivrd: Installation, victim: str) -> None:
    """`kill -9` one of VICTIMS; returns when another one has taken its place, which may not be ready yet."""
    if victim in PARTS:
        delivrd.kill(victim)
        return
    if victim == EVERYTHING:
        for part in PARTS:
            with contextlib.suppress(ProcessLookupError):  # one that died of another's death
                delivrd.signal(part, signal.SIGKILL)
    delivrd.kill_supervisor()
    delivrd.start()
