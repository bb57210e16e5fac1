"""Who owns a record does not depend on who wrote it."""

from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as reference

from pipeline.kafka_log.partitioner import murmur2, partition_of


@given(st.binary(max_size=200))
def test_keys_are_hashed_as_every_client_hashes_them(key: bytes) -> None:
    assert murmur2(key) == reference(key)


@given(st.binary(max_size=50), st.integers(1, 100))
def test_a_key_chooses_the_partition_that_other_producers_choose(key: bytes, count: int) -> None:
    assert partition_of(key, b"source", b"body", count) == (reference(key) & 0x7FFFFFFF) % count


def test_the_hash_of_a_known_key() -> None:
    # From the tests of org.apache.kafka.common.utils.Utils.murmur2.
    assert murmur2(b"21") == -973932308 % 2**32
    assert murmur2(b"foobar") == -790332482 % 2**32
    assert murmur2(b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8") == -58897971 % 2**32


def test_the_same_unreadable_body_of_a_source_always_meets_the_same_owner() -> None:
    places = {partition_of(None, b"integrax-br", b"not json", 12) for _ in range(5)}
    assert len(places) == 1


def test_unreadable_bodies_are_spread() -> None:
    places = [partition_of(None, b"integrax-br", b"not json %d" % number, 12) for number in range(1200)]
    assert {places.count(place) > 50 for place in range(12)} == {True}
    assert partition_of(None, b"ab", b"c", 2**32) != partition_of(None, b"a", b"bc", 2**32)
