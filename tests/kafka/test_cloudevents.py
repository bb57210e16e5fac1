"""A record is the same on both sides of Kafka, and whatever stands in a topic can be read."""

import struct

from hypothesis import given
from hypothesis import strategies as st
from kafka.record import MemoryRecords
from kafka.record.memory_records import MemoryRecordsBuilder

from pipeline.kafka_log import decoding
from pipeline.kafka_log.batches import HEAD_BYTES, build, encode, write_varint
from pipeline.kafka_log.cloudevents import read_time, record_of
from pipeline.log import Entry
from schemas.record import Record
from tests.log.records import record, records

APPENDED = 1_760_000_000_000

headers = st.lists(
    st.tuples(st.text(st.characters(codec="ascii"), max_size=20), st.none() | st.binary(max_size=200)), max_size=6
)
foreign = st.lists(
    st.tuples(st.none() | st.binary(max_size=80), st.none() | st.binary(max_size=300), headers), min_size=1
)


def entries(batch: bytes, base: int = 0) -> list[Entry]:
    count = struct.unpack_from(">i", batch, HEAD_BYTES - 4)[0]
    return list(decoding.read(batch[HEAD_BYTES:], base, count, None, APPENDED))


@given(st.lists(records, min_size=1, max_size=20), st.integers(0, 2**60))
def test_what_is_written_is_read_again(given_records: list[Record], base: int) -> None:
    batch = build([encode(one).rest for one in given_records], APPENDED)
    assert entries(batch, base) == [Entry(base + at, one) for at, one in enumerate(given_records)]


@given(st.lists(records, min_size=1, max_size=20))
def test_the_client_library_reads_the_same_messages(given_records: list[Record]) -> None:
    batch = MemoryRecords(build([encode(one).rest for one in given_records], APPENDED)).next_batch()
    assert batch.validate_crc()
    found = [
        record_of(message.key, message.value, {name.encode(): value for name, value in message.headers}, APPENDED)
        for message in batch
    ]
    assert found == given_records


@given(foreign)
def test_messages_of_others_are_read_as_the_client_library_reads_them(
    messages: list[tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]],
) -> None:
    builder = MemoryRecordsBuilder(2, 0, 2**24)
    for key, value, named in messages:
        builder.append(APPENDED, key, value, named)
    builder.close()
    expected = [
        record_of(key, value, {name.encode(): text for name, text in named}, APPENDED) for key, value, named in messages
    ]
    assert [entry.record for entry in entries(bytes(builder.buffer()))] == expected


@given(
    records,
    st.lists(st.tuples(st.sampled_from(["traceparent", "ce_subject", "ce_time"]), st.binary(max_size=30)), min_size=1),
)
def test_headers_that_others_add_are_passed_over(one: Record, more: list[tuple[str, bytes]]) -> None:
    batch = build([encode(one).rest] * 2, APPENDED)
    plain = MemoryRecords(batch).next_batch()
    builder = MemoryRecordsBuilder(2, 0, 2**24)
    for message in plain:
        builder.append(APPENDED, message.key, message.value, [*message.headers, *more])
    builder.close()
    times = [value for name, value in more if name == "ce_time"]
    expected = one.time if not times else read_time(times[-1], APPENDED)
    for entry in entries(bytes(builder.buffer())):
        assert (entry.record.id, entry.record.body, entry.record.time) == (one.id, one.body, expected)


def test_the_attributes_are_those_of_the_kafka_protocol_binding() -> None:
    one = Record(
        "r-1", "integrax-br", "delivrd.webhook", 1_700_000_000_007, "k", "application/json", b"{}", b"body", "l/0/1"
    )
    (message,) = MemoryRecords(build([encode(one).rest], APPENDED)).next_batch()
    assert (message.key, message.value) == (b"k", b"body")
    assert dict(message.headers) == {
        "ce_specversion": b"1.0",
        "ce_id": b"r-1",
        "ce_source": b"integrax-br",
        "ce_type": b"delivrd.webhook",
        "ce_time": b"2023-11-14T22:13:20.007Z",
        "content-type": b"application/json",
        "delivrd_context": b"{}",
        "delivrd_replayof": b"l/0/1",
    }


def test_a_message_without_attributes_has_the_time_at_which_it_came() -> None:
    empty = record_of(None, None, {}, APPENDED)
    assert empty == Record("", "", "", APPENDED, None, "", b"", b"")


def test_times_are_read_in_every_way_that_iso_8601_writes_them() -> None:
    noon = 1_767_355_200_000
    assert read_time(b"2026-01-02T12:00:00Z", 0) == noon
    assert read_time(b"2026-01-02T14:00:00.250+02:00", 0) == noon + 250
    assert read_time(b"2026-01-02T12:00:00.123456Z", 0) == noon + 123
    assert read_time(b"2026-01-02T12:00:00.123Z", 0) == noon + 123
    for unreadable in (b"", b"yesterday", b"2026-13-02T12:00:00.123Z", b"2026-01-02T12:00:00.1x3Z", b"\xff" * 24):
        assert read_time(unreadable, 7) == 7


@given(st.integers(0, 2**31))
def test_varints_are_read_as_they_are_written(value: int) -> None:
    written = write_varint(value)
    assert decoding._varint(written, 0) == (value, len(written))


def test_a_batch_that_is_cut_off_is_an_error() -> None:
    batch = build([encode(record(1)).rest], APPENDED)
    for length in range(HEAD_BYTES, len(batch)):
        try:
            entries(batch[:length])
        except (IndexError, ValueError):
            continue
        raise AssertionError(f"{length} of {len(batch)} bytes were read as a record")
