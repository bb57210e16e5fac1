"""What is fetched ahead is handed out in order, within the limits, and never half."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.kafka_log.buffer import ENTRY_BYTES, Buffer
from pipeline.log import Entry
from tests.log.records import record

sizes = st.lists(st.lists(st.integers(0, 300), min_size=1, max_size=5), max_size=6)
"""Bodies' sizes, by what arrived together."""
takes = st.lists(
    st.tuples(st.none() | st.integers(0, 40), st.integers(1, 8), st.integers(1, 3000)), min_size=1, max_size=20
)
"""Limits: last offset, records, bytes."""


def expected(entries: list[Entry], last: int | None, max_records: int, max_bytes: int) -> list[Entry]:
    """What the interface says of `fetch`, entry by entry."""
    chosen: list[Entry] = []
    size = 0
    for entry in entries:
        size += len(entry.record.body) + ENTRY_BYTES
        if len(chosen) == max_records or (last is not None and entry.offset > last) or (chosen and size > max_bytes):
            break
        chosen.append(entry)
    return chosen


@given(sizes, takes, st.integers(0, 10))
def test_it_hands_out_what_the_limits_allow(
    given_sizes: list[list[int]], limits: list[tuple[int | None, int, int]], first: int
) -> None:
    buffer = Buffer(epoch=1, offset=first, end=first, lowest=0)
    held: list[Entry] = []
    offset = first
    for run in given_sizes:
        entries = [Entry(offset + index, record(index, body=bytes(size))) for index, size in enumerate(run)]
        offset += len(run)
        buffer.add(entries)
        held += entries
    assert (buffer.next, buffer.tail, len(buffer)) == (first, offset, len(held))
    for last, max_records, max_bytes in limits:
        wanted = expected(held, last, max_records, max_bytes)
        assert buffer.take(last, max_records, max_bytes) == wanted
        held = held[len(wanted) :]
        assert len(buffer) == len(held)
        assert buffer.bytes == sum(len(entry.record.body) + ENTRY_BYTES for entry in held)
        assert buffer.next == (held[0].offset if held else offset)


def test_it_forgets_when_reading_goes_on_elsewhere() -> None:
    buffer = Buffer(epoch=1, offset=5, end=9, lowest=0)
    buffer.add([Entry(5, record(1))])
    buffer.restart(2)
    assert (len(buffer), buffer.bytes, buffer.next, buffer.tail) == (0, 0, 2, 2)
    assert buffer.take(None, 10, 10) == []
