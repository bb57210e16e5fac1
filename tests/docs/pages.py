"""The fenced blocks of a Markdown page."""

import re
from pathlib import Path
from typing import NamedTuple

import delivrd

ROOT = Path(__file__).parents[2]
INSTALLED = Path(str(delivrd.__file__)).parents[1]
"""Where the packages are: the tree itself, or where its wheel was installed."""
README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))

_FENCE = re.compile(r"^( *)```(\S*) *([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: its kind (`sh`, `sql`, `toml`, `text`, …), what stands beside it, and its text."""

    page: Path
    line: int
    kind: str
    argument: str
    text: str

    @property
    def where(self) -> str:
        """As an editor finds it."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """All of a page, in order."""
    content = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(content):
        line = content.count("\n", 0, match.start()) + 1
        indent, kind, argument, text = match.groups()
        found.append(Block(page, line, kind, argument, re.sub(f"^{indent}", "", text, flags=re.MULTILINE)))
    return found


def table(content: str, header: str) -> list[list[str]]:
    """The rows of the Markdown table whose first line begins with `header`."""
    lines = iter(content.splitlines())
    next(line for line in lines if line.startswith(header))
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return rows
