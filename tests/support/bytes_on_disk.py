"""A search of all bytes of a folder, the engine's columns unpacked."""

from collections.abc import Iterator
from pathlib import Path

import lz4.block  # type: ignore[import-untyped]
from backports import zstd

_CHECKSUM, _HEADER = 16, 9
_ZSTD, _LZ4, _NONE, _MULTIPLE = 0x90, 0x82, 0x02, 0x91


def files_with(folder: Path, wanted: bytes) -> list[str]:
    """The files that hold `wanted`, as they lie there or in a compressed block of them."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            try:
                content = file.read_bytes()
            except FileNotFoundError:
                continue
            if wanted in content or any(wanted in block for block in _blocks(content)):
                found.append(str(file.relative_to(folder)))
    return found


def _blocks(content: bytes) -> Iterator[bytes]:
    """The blocks of a column's file: checksum, method, size with the method's byte and sizes, size unpacked."""
    at = _CHECKSUM
    while at + _HEADER <= len(content):
        size = int.from_bytes(content[at + 1 : at + 5], "little")
        unpacked = int.from_bytes(content[at + 5 : at + 9], "little")
        if content[at] not in (_ZSTD, _LZ4, _NONE, _MULTIPLE) or not _HEADER < size <= len(content) - at:
            return
        yield _unpacked(content[at], content[at + _HEADER : at + size], unpacked)
        at += size + _CHECKSUM


def _unpacked(method: int, data: bytes, size: int) -> bytes:
    if method == _ZSTD:
        return zstd.decompress(data)
    if method == _LZ4:
        return bytes(lz4.block.decompress(data, uncompressed_size=size))
    if method == _MULTIPLE:  # numbers and times only: no text has more than one codec
        return b""
    return data
