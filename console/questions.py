"""The SQL of the pages: files in `sql/console`, with parameters, which people can run as they stand."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from pipeline.sqlfiles import load_sql

_PARAMETER = re.compile(r"\{(\w+):([^{}]+)\}")

_COMMENTS_BEFORE = re.compile(r"\A(?:--.*\n)+")


class Question(msgspec.Struct, frozen=True):
    """A statement and what fills its `{name:Type}`. Times are milliseconds where the type is a DateTime64."""

    statement: str
    values: Mapping[str, Any] = {}

    @property
    def sql(self) -> str:
        """As the warehouse is asked."""
        return self.statement

    @property
    def params(self) -> dict[str, Any]:
        """As the warehouse takes them."""
        types = dict(_PARAMETER.findall(self.statement))
        return {
            name: utc(value) if types.get(name, "").startswith("DateTime64") else value
            for name, value in self.values.items()
        }

    @property
    def runnable(self) -> str:
        """The statement with the values in their places, as `delivrd sql` runs it: on a command line, no text may begin
        with the two hyphens of a comment.
        """
        given = self.params
        statement = _PARAMETER.sub(lambda match: _literal(given[match[1]], match[2]), self.statement)
        return _COMMENTS_BEFORE.sub("", statement).strip()


def question(name: str, **values: Any) -> Question:
    """The question in `sql/console/<name>.sql`."""
    return Question(load_sql(f"console/{name}"), values)


def utc(ms: int) -> str:
    """A time as ClickHouse takes it, for a column in UTC."""
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def _literal(value: Any, kind: str) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"
    return text if kind == "String" else f"{text}::{kind}"
