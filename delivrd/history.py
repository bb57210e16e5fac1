"""Files of history, as rows that are kept: what a file's rows are, and how far an import came."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, cast

import msgspec

from delivrd.errors import WRONG, Trouble
from schemas.canonical import NAMES

Format = Literal["csv", "json", "ndjson"]
FORMATS: tuple[Format, ...] = ("csv", "json", "ndjson")


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row of a file: its bytes as an adapter reads them, and the share of the file's bytes that it took."""

    body: bytes
    size: int


def format_of(path: Path, chosen: str | None) -> Format:
    """The format that was chosen, or that the file's name says. Raises Trouble."""
    ending = path.name.removesuffix(".gz").rpartition(".")[2].lower()
    for known in FORMATS:
        if known == (chosen or {"jsonl": "ndjson"}.get(ending, ending)):
            return known
    raise Trouble(f"{path}: the name does not say the format; add --format {'|'.join(FORMATS)}", WRONG)


def columns_of(mapped: Iterable[str]) -> Mapping[str, str]:
    """From `NAME=COLUMN` to what the columns are called. Raises Trouble."""
    found = {}
    for one in mapped:
        name, given, column = one.partition("=")
        if not given or name not in NAMES:
            raise Trouble(f"--map {one}: NAME=COLUMN is expected, and NAME is one of {', '.join(sorted(NAMES))}", WRONG)
        found[column] = name
    return found


def rows(path: Path, kind: Format, columns: Mapping[str, str], constants: Mapping[str, str]) -> Iterator[Row]:
    """The rows of a file, which may be packed with gzip. Raises Trouble, OSError.

    Of CSV, each row becomes a JSON object of the columns' names, or what `columns` calls them; `constants` are what
    each row says beside that, unless it says something else. Empty cells are left out.
    """
    with _opened(path) as file:
        match kind:
            case "csv":
                yield from _csv(file, path, columns, constants)
            case "json":
                yield from _json(file.read(), path)
            case "ndjson":
                yield from (Row(line.strip(), len(line)) for line in file if line.strip())


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        if path.name.endswith(".gz"):
            with gzip.open(file) as unpacked:
                yield cast("BinaryIO", unpacked)
        else:
            yield file


def _csv(file: BinaryIO, path: Path, columns: Mapping[str, str], constants: Mapping[str, str]) -> Iterator[Row]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        reader = csv.reader(text)
        header = next(reader, [])
        unknown = columns.keys() - set(header)
        if unknown:
            raise Trouble(
                f"{path}: there is no column {', '.join(sorted(unknown))}; there are: {', '.join(header)}", WRONG
            )
        names = [columns.get(column, column) for column in header]
        for cells in reader:
            told = {name: cell for name, cell in zip(names, cells, strict=False) if cell}
            if told:
                body = msgspec.json.encode({**constants, **told})
                yield Row(body, sum(map(len, cells)) + len(cells))
    except UnicodeDecodeError:
        raise Trouble(f"{path}: this is not UTF-8; convert it first", WRONG) from None
    except csv.Error as error:
        raise Trouble(f"{path}: this is not CSV: {error}", WRONG) from None
    finally:
        text.detach()


def _json(content: bytes, path: Path) -> Iterator[Row]:
    try:
        found = msgspec.json.decode(content, type=list[msgspec.Raw] | msgspec.Raw)
    except msgspec.DecodeError as error:
        raise Trouble(f"{path}: this is not JSON: {error}", WRONG) from None
    for element in found if isinstance(found, list) else [found]:
        yield Row(bytes(element), len(bytes(element)) + 1)


class Progress:
    """How many rows of which file are in the log, kept in a file, so that an import can go on where it ended."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept
        self._done: dict[str, int] = msgspec.json.decode(kept.read_bytes()) if kept.exists() else {}

    def of(self, name: str) -> int:
        """The rows of the file that are in the log."""
        return self._done.get(name, 0)

    def came_to(self, name: str, count: int) -> None:
        """Note it durably enough: a row that is imported again is a repeat."""
        self._done[name] = count
        beside = self._kept.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(self._done))
        beside.replace(self._kept)
