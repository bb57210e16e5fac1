"""The audit, as a page asks for it."""

from collections.abc import Callable, Sequence

import msgspec


class Audited(msgspec.Struct, frozen=True):
    """`received` records, each with one of the `outcomes` (name and number), `pending` or `missing`.

    `problems` are empty where nothing has to be done about it.
    """

    received: int
    outcomes: Sequence[tuple[str, int]]
    problems: Sequence[str]


Audit = Callable[[int | None], Audited]
"""Reads the records again that were received since then (UTC, ms), or all of them. Raises the warehouse's errors and
Refusal.
"""
