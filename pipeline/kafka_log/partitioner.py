"""Which partition a record belongs to.

Records with a key: as every Kafka client chooses by default (murmur2), so that other producers agree. Records
without one: by what came, so that the same unreadable body always meets the same owner.
"""

import struct

import xxhash

_M = 0x5BD1E995
_MASK = 0xFFFFFFFF


def partition_of(key: bytes | None, source: bytes, body: bytes, count: int) -> int:
    """The partition, of `count`."""
    if key is None:
        digest = xxhash.xxh3_64(source)
        digest.update(b"\0")
        digest.update(body)
        return digest.intdigest() % count
    return (murmur2(key) & 0x7FFFFFFF) % count


def murmur2(data: bytes) -> int:
    """Kafka's hash of a key, unsigned (org.apache.kafka.common.utils.Utils.murmur2)."""
    length = len(data)
    h = 0x9747B28C ^ length
    words = length >> 2
    for k in struct.unpack_from(f"<{words}I", data):
        k = k * _M & _MASK  # noqa: PLW2901
        h = (h * _M & _MASK) ^ ((k ^ k >> 24) * _M & _MASK)
    tail = length & 3
    if tail:
        h = (h ^ int.from_bytes(data[length - tail :], "little")) * _M & _MASK
    h = (h ^ h >> 13) * _M & _MASK
    return h ^ h >> 15
