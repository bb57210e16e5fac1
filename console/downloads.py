"""Answers as files."""

from collections.abc import Iterator, Mapping
from itertools import chain

import msgspec
from litestar.exceptions import NotFoundException
from litestar.response import Stream

from console.desk import Desk
from console.paging import address
from console.questions import Question

FORMATS = {"csv": ("CSVWithNames", "text/csv; charset=utf-8"), "parquet": ("Parquet", "application/vnd.apache.parquet")}
"""By the ending of a file's name: ClickHouse's name of it, and its media type."""

_LABELS = {"csv": "CSV", "parquet": "Parquet"}
_ALL = 10_000_000
_HARMLESS = (
    r"if(match(`{0}`, '^[=@\\t\\r\\n]|^[+-].*[^0-9.]'), concat('\'', `{0}`), `{0}`) AS `{0}`"  # +5511… is a number
)
"""What begins like a formula, and is not a number, begins with an apostrophe: a spreadsheet would run it else."""


def download(desk: Desk, question: Question, name: str, ending: str) -> Stream:
    """The whole answer, without the limits of a page. Raises Retry, Setup, NotFoundException."""
    if ending not in FORMATS:
        raise NotFoundException("there are downloads as " + " and ".join(FORMATS))
    fmt, media_type = FORMATS[ending]
    if "limit" in question.values:
        question = msgspec.structs.replace(question, values={**question.values, "limit": _ALL, "offset": 0})
    if ending == "csv":
        question = _for_spreadsheets(desk, question)
    pieces = desk.download(question, fmt)
    first = next(pieces, b"")
    headers = {"content-disposition": f'attachment; filename="{name}.{ending}"'}
    return Stream(_all(first, pieces), media_type=media_type, headers=headers)


def files_of(page: str, filters: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """Label and address of each download of a page, which has them under `/download/…`."""
    return [(label, address(f"{page}/download/{ending}", filters)) for ending, label in _LABELS.items()]


def _all(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    return chain((first,), pieces)


def _for_spreadsheets(desk: Desk, question: Question) -> Question:
    texts = [name for name, kind in desk.columns(question) if kind.endswith(("String", "String)"))]
    if not texts:
        return question
    replaced = ", ".join(_HARMLESS.format(name) for name in texts)
    statement = f"SELECT * REPLACE ({replaced}) FROM ({question.statement})"  # noqa: S608 (names of our own columns)
    return Question(statement, question.values)
