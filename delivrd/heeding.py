"""Those who write down again what came before, and those who are to be forgotten: neither gets past the other.

Whoever copies records looks at the list and writes under a lock that `forget` waits for once, when the number is on the
list: what was copied without knowing it is there by then, and is found. On a cluster nobody waits; there a topic holds
what it holds until its retention is over, and the archiver looks again when it has written.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence

from consumers.forgetting import forget_record, listed
from consumers.known import known_sources
from delivrd.locks import lock
from delivrd.options import Place
from delivrd.parts import sources_of, store_client
from pipeline.event_log import EventLog
from pipeline.settings import Settings
from pipeline.warehouse import Warehouse
from schemas.forgotten import Forgotten
from schemas.providers import adapters
from schemas.record import Record

Append = Callable[[Sequence[Record]], None]


@contextlib.contextmanager
def heeding(settings: Settings, store: Warehouse) -> Iterator[Forgotten]:
    """Who is on the list, for what is written within the block. Raises Retry, Setup."""
    with lock(settings, settings.folder.forget, shared=True):
        yield listed(store, settings.forget.key or "")


def let_write(settings: Settings) -> None:
    """Comes back when everybody has written who does not know the list as it is now."""
    with lock(settings, settings.folder.forget):
        pass


@contextlib.contextmanager
def heedful(settings: Settings, log: EventLog) -> Iterator[Append]:
    """A way to append to the log without those who are on the list by then. Raises Retry, Setup."""
    with store_client(settings) as store:
        sources = known_sources(store, sources_of(settings))

        def append(records: Sequence[Record]) -> None:
            with heeding(settings, store) as forgotten:
                log.append([forget_record(record, forgotten, sources, adapters) for record in records])

        yield append


@contextlib.contextmanager
def heedful_when_running(place: Place, settings: Settings, log: EventLog) -> Iterator[Append]:
    """As `heedful`; while nothing runs, the list cannot be had, nor can anybody be forgotten."""
    heed: Append | None = None
    with contextlib.ExitStack() as opened:

        def append(records: Sequence[Record]) -> None:
            nonlocal heed
            if heed is None:
                with lock(settings, settings.folder.forget, shared=True):
                    if not place.consumes(settings):
                        log.append(records)
                        return
                heed = opened.enter_context(heedful(place.running_settings(), log))
            heed(records)

        yield append
