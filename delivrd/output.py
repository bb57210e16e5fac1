"""Tables for people on a terminal, tab-separated text in a pipe."""

import contextlib
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence

import rich_click as click

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their columns' names; escaped as ClickHouse's TabSeparated in a pipe."""
    if not sys.stdout.isatty():
        for row in ([*columns], *rows):
            click.echo("\t".join(_text(value).translate(_ESCAPES) for value in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_text(value)) for value in row))
    Console().print(table)


def _text(value: object) -> str:
    return "" if value is None else str(value)


@contextlib.contextmanager
def working(what: str) -> Iterator[None]:
    """Say on a terminal that something goes on which takes longer than a second, and whose end cannot be foreseen."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    status = Console(stderr=True).status(what)
    timer = threading.Timer(1, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        status.stop()
