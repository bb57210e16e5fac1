"""A search for what must never be seen: in all that an installation leaves behind, and in what tests print and log."""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.settings import Folder
from pipeline.warehouse import Warehouse

SHORTEST = 8
"""A shorter word may stand anywhere by chance."""
_OWN_PLACE = "secrets.toml"

_known: set[str] = set()


def secret(word: str) -> str:
    """The word, which no test of this process may print or log from now on."""
    _known.add(word)
    return word


def is_seen(text: str) -> bool:
    """Whether a secret stands in it."""
    return any(word in text for word in _known)


def secrets_of(folder: Folder) -> set[str]:
    """Every secret, token and password that the installation is configured with."""
    text = folder.secrets.read_text(encoding="utf-8") if folder.secrets.exists() else ""
    try:
        return {word for word in _words(tomllib.loads(text)) if len(word) >= SHORTEST}
    except tomllib.TOMLDecodeError:  # a test of just that
        return set()


def leaks(folder: Folder, secrets: Iterable[str], *others: Path) -> list[str]:
    """The files with a secret in them: logs, metrics, state, the event log's records, the engine's own. `others`, files
    or folders, are read as well.
    """
    wanted = [secret.encode() for secret in secrets]
    found = (file for place in (folder.root, *others) for file in (place, *place.rglob("*")))
    return [str(file) for file in found if file != folder.root / _OWN_PLACE and _holds(file, wanted)]


def stored_leaks(warehouse: Warehouse, secrets: Iterable[str]) -> list[str]:
    """The tables with a secret in a record: their files are packed, so the warehouse is asked."""
    found: list[str] = []
    for server in warehouse.each():
        local = server.servers.local
        columns = server.query(
            "SELECT table, groupArray(columns.name) FROM system.columns JOIN system.tables "
            "ON columns.database = tables.database AND columns.table = tables.name "
            "WHERE database = {local:String} AND engine LIKE '%MergeTree' AND type LIKE '%String%' GROUP BY table",
            {"local": local},
        )
        looks = [
            f"SELECT '{table}' FROM (SELECT 1 FROM {local}.{table} WHERE "
            + " OR ".join(f"multiSearchAny(toString({name}), {{secrets:Array(String)}})" for name in names)
            + " LIMIT 1)"
            for table, names in columns
        ]
        found += [table for (table,) in server.query(" UNION ALL ".join(looks), {"secrets": list(secrets)})]
    return found


def _holds(file: Path, wanted: list[bytes]) -> bool:
    try:
        content = file.read_bytes()
    except OSError:  # a folder, or a file that a running process took away meanwhile
        return False
    return any(secret in content for secret in wanted)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _words(part)
