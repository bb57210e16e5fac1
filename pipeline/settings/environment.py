"""Settings and secrets from the environment: `DELIVRD_<SECTION>_<KEY>`, and they outrank the files.

A source's name is written in capitals with `_` for `-`: `DELIVRD_SOURCES_INTEGRAX_BR_WEBHOOK`. Lists are
written with commas. Tables (`statuses`, `signature`, `poll`) and new sources stand in the file only.
"""

from collections.abc import Iterable, Mapping

from pipeline.settings.models import Document, SourceSettings, keys_of, sections
from pipeline.settings.problems import Path, Problem, unknown_key

PREFIX = "DELIVRD_"
_TABLES = {"rules", "maintenance", "targets", "statuses", "signature", "poll"}


def variable(path: Path) -> str:
    """The variable that sets a key: `("receiver", "port")` is `DELIVRD_RECEIVER_PORT`."""
    return PREFIX + "_".join(path).upper().replace("-", "_")


def paths(sources: Iterable[str]) -> dict[str, Path]:
    """Every variable that there is, and the key it sets."""
    found: list[Path] = []
    for section, model in sections().items():
        found += [(section, key) for key in keys_of(model) if key not in _TABLES]
    found += [("sources", name, key) for name in sources for key in keys_of(SourceSettings) if key not in _TABLES]
    return {variable(path): path for path in found}


def read_environment(env: Mapping[str, str], sources: Iterable[str]) -> tuple[dict[Path, str], list[Problem]]:
    """What the environment sets, and the variables of a known section that set nothing."""
    known = paths(sources)
    sections = tuple(f"{PREFIX}{section.upper()}_" for section in Document.model_fields)
    values: dict[Path, str] = {}
    problems: list[Problem] = []
    for name, value in env.items():
        if name in known:
            values[known[name]] = value
        elif name.startswith(sections):
            problems.append(Problem("environment", name, unknown_key(name, known)))
    return values, problems
