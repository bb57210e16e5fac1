"""A source's webhook secret exchanged in two steps, so that no request is refused in between."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import tomlkit

from pipeline.settings.first import new_secret, write_private


class CannotRotate(ValueError):
    """Why a step cannot be done; the text says what to do."""


def begin(secrets: Path, source: str) -> None:
    """Put a new secret before the present one: both are valid, and the new one is shown. Raises CannotRotate."""
    present = _present(secrets, source)
    if len(present) > 1:
        raise CannotRotate(f"{source} has two secrets already; take the old one out first")
    _write(secrets, source, [new_secret(), *present])


def end(secrets: Path, source: str) -> None:
    """Keep the new one alone. Raises CannotRotate."""
    present = _present(secrets, source)
    if len(present) < 2:
        raise CannotRotate(f"{source} has one secret; there is no old one to take out")
    _write(secrets, source, present[:1])


def _present(secrets: Path, source: str) -> list[str]:
    found = _table(tomlkit.parse(secrets.read_text(encoding="utf-8")), source).get("webhook")
    if not found:
        raise CannotRotate(f"{source}'s secret does not stand in {secrets}; change it where it does")
    return [found] if isinstance(found, str) else [str(one) for one in found]


def _write(secrets: Path, source: str, webhook: list[str]) -> None:
    """Everything else in the file stays as it is."""
    document = tomlkit.parse(secrets.read_text(encoding="utf-8"))
    _table(document, source)["webhook"] = webhook if len(webhook) > 1 else webhook[0]
    write_private(secrets, tomlkit.dumps(document))


def _table(document: MutableMapping[str, Any], source: str) -> MutableMapping[str, Any]:
    table: MutableMapping[str, Any] = document.get("sources", {}).get(source, {})
    return table
