"""A search for what must never be seen, in all that an installation leaves behind."""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.settings import Folder

SHORTEST = 8
"""A shorter word may stand anywhere by chance."""
_OWN_PLACES = ("secrets.toml", "engine/users.xml", "engine/data")
"""Where secrets live, and the engine's own files: what is in them came through the event log."""


def secrets_of(folder: Folder) -> set[str]:
    """Every secret, token and password that the installation is configured with."""
    text = folder.secrets.read_text(encoding="utf-8") if folder.secrets.exists() else ""
    try:
        return {word for word in _words(tomllib.loads(text)) if len(word) >= SHORTEST}
    except tomllib.TOMLDecodeError:  # a test of just that
        return set()


def leaks(folder: Folder, secrets: Iterable[str], *others: Path) -> list[str]:
    """The files with a secret in them: logs, metrics, state, the event log's records; `others` are read as well."""
    wanted = [secret.encode() for secret in secrets]
    files = [file for file in folder.root.rglob("*") if file.is_file() and not _is_own(file.relative_to(folder.root))]
    return [str(file) for file in (*files, *others) if file.exists() and _holds(file.read_bytes(), wanted)]


def _holds(content: bytes, wanted: list[bytes]) -> bool:
    return any(secret in content for secret in wanted)


def _is_own(file: Path) -> bool:
    return any(str(file).startswith(place) for place in _OWN_PLACES)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _words(part)
