"""A progress bar on work that takes longer than a second, on a terminal."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A function to call with the number of steps done; it shows nothing in a pipe, or within the first second."""
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    task = bar.add_task(what, total=total)
    began = time.monotonic()
    started = False

    def advance(steps: int) -> None:
        nonlocal started
        if not started and time.monotonic() - began > 1:
            started = True
            bar.start()
        bar.advance(task, steps)

    try:
        yield advance
    finally:
        bar.stop()
