"""The number of the way records are read: it rises with each change of an adapter, a status table or a source."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec

import schemas
from pipeline.clock import Clock
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse
from schemas.adapter import Source


def digest_of(sources: Mapping[str, Source]) -> str:
    """A digest of all that decides how a record is read: the code of `schemas` and the configured sources."""
    code = sha256()
    folder = Path(schemas.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        code.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    ordered = [msgspec.to_builtins(sources[name]) for name in sorted(sources)]
    code.update(msgspec.json.encode(ordered, order="sorted"))
    return code.hexdigest()


def present_reading(warehouse: Warehouse, sources: Mapping[str, Source], clock: Clock) -> int:
    """The number of the present way of reading, which is entered in the warehouse where it is new."""
    digest = digest_of(sources)
    [(newest, newest_digest)] = warehouse.query(load_sql("consumer/reading"))
    if newest and newest_digest == digest:
        return int(newest)
    reading = int(newest) + 1
    since = clock()
    warehouse.insert(
        "readings", {"reading": [reading], "digest": [digest], "since": [since]}, token=f"readings:{reading}:{digest}"
    )
    return reading
