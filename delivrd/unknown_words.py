"""The words of the providers that nobody told us the meaning of, for people."""

from collections.abc import Iterator
from itertools import groupby

from delivrd.parts import store_client
from pipeline.settings import Settings
from pipeline.sqlfiles import load_sql
from pipeline.warehouse.errors import Retry, Setup
from pipeline.warehouse.retention import DAY_MS
from schemas.timeout import NO_REPORT

DAYS = 7
_SHOWN = 10


def unknown_rows(settings: Settings, now: int) -> Iterator[tuple[str, str]]:
    """A line for each source that sent such words in the last days; none where the warehouse cannot be asked."""
    try:
        with store_client(settings) as store:
            params = {"since": now - DAYS * DAY_MS, "except": NO_REPORT}
            rows = store.query(load_sql("consumer/unknown_words"), params)
    except (Retry, Setup):
        return
    for source, words in groupby(rows, key=lambda row: row[0]):
        told = [f"{word!r} ({count})" for _, word, count in words]
        more = f" and {len(told) - _SHOWN} more" * (len(told) > _SHOWN)
        yield (
            f"unknown in {source}",
            f"{', '.join(told[:_SHOWN])}{more}; name them in `statuses`, then `delivrd reload`, `delivrd replay`",
        )
