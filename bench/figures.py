"""A figure with the way it was measured, and the two forms it is printed in."""

import math
import statistics
from collections.abc import Sequence
from itertools import groupby

import msgspec
from rich.console import Console
from rich.table import Table


class Figure(msgspec.Struct, frozen=True):
    """One measured quantity: the median of its runs. `method` says how it came about."""

    subject: str
    name: str
    unit: str
    runs: tuple[float, ...]
    method: str

    @property
    def median(self) -> float:
        """The figure itself."""
        return statistics.median(self.runs)


def of_runs(subject: str, method: str, runs: Sequence[dict[tuple[str, str], float]]) -> list[Figure]:
    """The figures of several equal runs, each given as (name, unit) -> value."""
    return [Figure(subject, *name, tuple(run[name] for run in runs), method) for name in runs[0]]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def print_figures(figures: Sequence[Figure], console: Console) -> None:
    """A table for each subject and method."""
    for (subject, method), group in groupby(figures, key=lambda figure: (figure.subject, figure.method)):
        table = Table(box=None, pad_edge=False)
        table.add_column("")
        table.add_column("median", justify="right")
        table.add_column("", justify="left")
        table.add_column("runs", style="dim")
        for figure in group:
            table.add_row(figure.name, _short(figure.median), figure.unit, " ".join(map(_short, figure.runs)))
        console.print(f"[bold]{subject}[/bold]: {method}", highlight=False)
        console.print(table)
        console.print()


def as_json(figures: Sequence[Figure], machine: object) -> str:
    """All figures, and the machine they were measured on."""
    rows = [{**msgspec.structs.asdict(figure), "median": figure.median} for figure in figures]
    return msgspec.json.format(msgspec.json.encode({"machine": machine, "figures": rows})).decode()


def _short(value: float) -> str:
    """Three digits that mean something, thousands apart."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"
