"""The records that Kafka will never take: kept beside the spool, one a line, with the reason.

A line is a JSON object; `body` and `context` are in base64. The program deletes
nothing of it but a line that cannot be read and names somebody who is to be forgotten.
"""

import os
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import msgspec

from pipeline.filesystem import locked, sync_folder
from pipeline.log import LogFull
from pipeline.sqlite_log.writer import free_bytes
from schemas.record import Record

_BLOCK = 1024 * 1024
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{8,}")


class Refused(msgspec.Struct, frozen=True):
    """A record, why it was refused, and when (UTC, ms)."""

    reason: str
    refused_at: int
    record: Record


def set_aside(path: Path, refused: Refused, reserve_bytes: int) -> None:
    """Keep it; durable at return. Raises LogFull where the disk would be left less than its reserve, and OSError.

    A crash before the record has left the spool makes it stand here twice.
    """
    line = msgspec.json.encode(refused) + b"\n"
    if free_bytes(path.parent) - len(line) < reserve_bytes:
        raise LogFull(f"{path}: the disk is down to its reserve of {reserve_bytes} bytes; make room")
    with _alone(path):
        # It holds what the spool holds, so it is as little for other users.
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                # What a crash left of a line must not spoil this one.
                line = b"\n" + line
            _write(handle, line)
            os.fsync(handle)
        finally:
            os.close(handle)
    if not size:
        sync_folder(path.parent)


def read_refused(path: Path) -> Iterator[Refused]:
    """All that were set aside, in order; half a line, which a crash may leave, is passed over."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        for line in file:
            with suppress(msgspec.DecodeError):
                yield msgspec.json.decode(line, type=Refused)


def rewrite_refused(path: Path, change: Callable[[Record], Record], names: Callable[[bytes], bool]) -> int:
    """Replace each record that `change` makes another one of; how many. Raises OSError.

    A line that cannot be read stays as it is, unless `names` says of its bytes that they are to go.
    """
    if not path.exists():
        return 0
    with _alone(path):
        lines = path.read_bytes().splitlines(keepends=True)
        changed = [_changed(line, change, names) for line in lines]
        count = sum(new != old for new, old in zip(changed, lines, strict=True))
        if count:
            new = path.with_name(f"{path.name}.new")
            new.unlink(missing_ok=True)
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                _write(handle, b"".join(changed))
                os.fsync(handle)
            finally:
                os.close(handle)
            new.replace(path)
            sync_folder(path.parent)
    return count


def _changed(line: bytes, change: Callable[[Record], Record], names: Callable[[bytes], bool]) -> bytes:
    try:
        old = msgspec.json.decode(line, type=Refused)
    except msgspec.DecodeError:
        packed = (run[0][: len(run[0]) // 4 * 4] for run in _BASE64.finditer(line))
        return b"" if names(b"\n".join((line, *map(b64decode, packed)))) else line
    record = change(old.record)
    return line if record is old.record else msgspec.json.encode(msgspec.structs.replace(old, record=record)) + b"\n"


def count_refused(path: Path) -> int:
    """How many lines there are."""
    count = 0
    with suppress(FileNotFoundError), path.open("rb") as file:
        while block := file.read(_BLOCK):
            count += block.count(b"\n")
    return count


def _alone(path: Path) -> AbstractContextManager[None]:
    """Nobody else changes the file meanwhile. The lock is another file: one that is replaced takes its own with it."""
    return locked(path.with_suffix(".lock"))


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
