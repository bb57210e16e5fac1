"""The console's pages over a warehouse, asked by HTTP: when their beginning is there, and when all of it."""

import contextlib
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import msgspec
from anyio.from_thread import start_blocking_portal

from bench.warehouse.asking import END_MS
from bench.warehouse.engine import Engine, free_ports
from bench.warehouse.pages import addresses
from console.app import create_app
from console.serve import serving
from delivrd.acts import Present
from delivrd.pages import site
from delivrd.parts import event_log
from pipeline.settings import Folder, load
from pipeline.settings.first import add_secrets, write_first

RUNS = 7


class Look(msgspec.Struct, frozen=True):
    """Milliseconds until a page's beginning and until all of it were there: the medians of RUNS times."""

    page: str
    first_ms: float
    whole_ms: float
    bytes: int


def look(engine: Engine, folder: Path) -> Iterator[Look]:
    """Each page. `folder` gets a data folder for the console."""
    pages = addresses(engine)
    write_first(Folder(folder))
    add_secrets(Folder(folder))
    # What it says is kept for all who look: the first one waits for it.
    yield _median("overview, the first look", [next(_looks(engine, folder, ["/"])) for _ in range(RUNS)])
    for name, address in pages.items():
        yield _median(name, list(_looks(engine, folder, [address] * RUNS)))


def _median(name: str, looks: Sequence[tuple[float, float, int]]) -> Look:
    first, whole, size = (statistics.median(values) for values in zip(*looks, strict=True))
    return Look(name, first, whole, int(size))


def _looks(engine: Engine, folder: Path, asked: Sequence[str]) -> Iterator[tuple[float, float, int]]:
    with _console(engine, folder) as client:
        for address in asked:
            began = time.perf_counter()
            with client.stream("GET", address) as answer:
                pieces = answer.iter_raw()
                size = len(next(pieces))
                first = time.perf_counter()
                size += sum(map(len, pieces))
            if answer.status_code != httpx.codes.OK:
                raise SystemExit(f"{address}: {answer.status_code}")
            yield 1000 * (first - began), 1000 * (time.perf_counter() - began), size


@contextlib.contextmanager
def _console(engine: Engine, folder: Path) -> Iterator[httpx.Client]:
    """The console as the worker serves it, at the time at which the traffic ends."""
    port, _ = free_ports()
    given = {"HTTP_PORT": str(engine.http_port), "WRITER_PASSWORD": engine.password, "READER_PASSWORD": engine.password}
    env = {f"DELIVRD_WAREHOUSE_{name}": value for name, value in given.items()}
    settings = load(folder, env=env | {"DELIVRD_CONSOLE_PORT": str(port)})
    with event_log(settings) as log:
        pages = site(settings, log, Present(settings), lambda: END_MS)
        app = create_app(lambda: "", lambda: b"", "text/plain", None, pages)
        with (
            start_blocking_portal() as portal,
            portal.wrap_async_context_manager(serving(app, settings.console)),
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=300, trust_env=False) as client,
        ):
            yield client
