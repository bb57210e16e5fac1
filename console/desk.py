"""Asking the warehouse for what the pages show: as its reader, few questions at a time."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import msgspec

from console.questions import Question
from pipeline.warehouse import Retry, Warehouse

AT_ONCE = 4
"""Questions at a time: whoever looks must not slow down what is looked at."""
PATIENCE_SECONDS = 10.0

T = TypeVar("T")


class Desk:
    """Answers questions with structs."""

    def __init__(self, reader: Warehouse) -> None:
        self._reader = reader
        self._seats = threading.BoundedSemaphore(AT_ONCE)

    def ask(self, question: Question, row: type[T]) -> list[T]:
        """The rows of the answer, whose columns are the fields of `row`, in their order. Raises Retry, Setup."""
        with self._seat():
            return [row(*values) for values in self._reader.query(question.sql, question.params)]

    def table(self, question: Question) -> "Table":
        """The answer with the names of its columns. Raises Retry, Setup."""
        with self._seat():
            raw = self._reader.raw(question.sql, "JSONCompact", question.params)
        return msgspec.json.decode(raw, type=Table)

    def download(self, question: Question, fmt: str) -> Iterator[bytes]:
        """The answer in a format of ClickHouse's, in pieces. Raises Retry, Setup, at the first piece at the latest."""
        with self._seat():
            yield from self._reader.stream(question.sql, fmt, question.params)

    def columns(self, question: Question) -> list[tuple[str, str]]:
        """Name and type of each column of the answer. Raises Retry, Setup."""
        with self._seat():
            rows = self._reader.query(f"DESCRIBE TABLE ({question.sql})", question.params)
        return [(str(name), str(kind)) for name, kind, *_ in rows]

    @contextmanager
    def _seat(self) -> Iterator[None]:
        if not self._seats.acquire(timeout=PATIENCE_SECONDS):
            raise Retry("the console is asked for more than it answers at a time")
        try:
            yield
        finally:
            self._seats.release()


class Column(msgspec.Struct, frozen=True):
    """A column of an answer."""

    name: str


class Table(msgspec.Struct, frozen=True):
    """An answer as ClickHouse writes it in JSON."""

    meta: Sequence[Column]
    data: Sequence[Sequence[str | int | float | None]]

    @property
    def rows(self) -> list[dict[str, str | None]]:
        """Each row by the names of its columns, as text; NULL is None."""
        names = [column.name for column in self.meta]
        texts = ([None if value is None else str(value) for value in row] for row in self.data)
        return [dict(zip(names, row, strict=True)) for row in texts]
