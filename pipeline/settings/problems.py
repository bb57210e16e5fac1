"""Mistakes in the settings, told so that they can be mended: the file, the key, what is allowed."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Path = tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """One mistake. `where` is a file or an environment variable, `key` the dotted key, empty for the whole file."""

    where: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.key}: {self.message}" if self.key else f"{self.where}: {self.message}"


class SettingsError(Exception):
    """The settings cannot be used. `problems` are all that was found; none of them holds a secret."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def unknown_key(key: str, allowed: Iterable[str]) -> str:
    """What to say of a key that does not exist."""
    return "unknown key" + did_you_mean(key, allowed)


def did_you_mean(name: str, allowed: Iterable[str]) -> str:
    """What to say after a name that does not exist."""
    names = sorted(allowed)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; there are {', '.join(names)}" if names else ""
