"""What the validator found, in words for people: where to look, and what is allowed."""

from collections.abc import Mapping

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pipeline.settings.alerts import ALERT_TABLES
from pipeline.settings.models import (
    SECRET_KEYS,
    Document,
    SignatureSettings,
    SourceSettings,
    keys_of,
    sections,
)
from pipeline.settings.polling import PollSettings
from pipeline.settings.problems import Path, Problem, unknown_key

_TABLES: Mapping[str, type[BaseModel]] = {"signature": SignatureSettings, "poll": PollSettings}
_TYPES = {
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be a text in quotes",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list in brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
}


def problems_of(error: ValidationError, origins: Mapping[Path, str], config: str, secrets: str) -> list[Problem]:
    """One Problem a mistake. `origins` tells which file or variable gave a key; who gave none finds it in the files."""
    problems = []
    for detail in error.errors(include_url=False, include_input=False):
        path = tuple(str(part) for part in detail["loc"] if part != "[key]")
        where = _origin(path, origins) or (secrets if _is_secret(path) else config)
        problems.append(Problem(where, _dotted(path), _message(detail, path)))
    return problems


def _origin(path: Path, origins: Mapping[Path, str]) -> str | None:
    """Who gave a key. A list's elements come from where the list does; a missing key from nowhere."""
    if path in origins:
        return origins[path]
    if path and path[-1].isdigit() and path[:-1] in origins:
        return origins[path[:-1]]
    return None


def _dotted(path: Path) -> str:
    return "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in path).removeprefix(".")


def _is_secret(path: Path) -> bool:
    section = "alerts.targets" if path[:2] == ("alerts", "targets") else path[0]
    return len(path) > 1 and path[-1] in SECRET_KEYS.get(section, ())


def _message(detail: ErrorDetails, path: Path) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return unknown_key(path[-1], _allowed(path))
    if kind == "missing":
        return "is missing"
    if kind == "string_pattern_mismatch" and path[0] == "sources" and len(path) == 2:
        return "a source's name has small letters, digits and -, and begins with a letter or digit"
    if kind in _TYPES:
        return _TYPES[kind]
    message = detail["msg"].removeprefix("Value error, ").replace("Input should", "must")
    return message[0].lower() + message[1:]


def _allowed(path: Path) -> set[str]:
    """The keys that may stand where an unknown one does."""
    if len(path) == 1:
        return set(Document.model_fields)
    if path[0] == "sources":
        table = path[2:-1]
        return set(keys_of(_TABLES[table[0]] if table else SourceSettings))
    if path[0] == "alerts" and len(path) > 2:
        return set(keys_of(ALERT_TABLES[path[1]]))
    return set(keys_of(sections()[path[0]]))
