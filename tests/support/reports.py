"""What a report shows, compared with what it must."""

from collections.abc import Iterable, Sequence

import pytest

from pipeline.warehouse import Warehouse
from pipeline.warehouse.reports import Period, load_report, run_report
from tests.reporting import Asked, Row


def report(reader: Warehouse, name: str, asked: Asked) -> list[Row]:
    """The report's rows."""
    answer = run_report(reader, load_report(name), Period(asked.since, asked.until, asked.now))
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def assert_same(shown: Sequence[Row], expected: Iterable[Row], name: str) -> None:
    """The rows in any order, as far as the rules say what stands in them."""
    expected = list(expected)
    assert len(shown) == len(expected), name
    if not expected:
        return
    columns = list(expected[0])
    found = sorted(([row[column] for column in columns] for row in shown), key=repr)
    wanted = sorted(([row[column] for column in columns] for row in expected), key=repr)
    for one, other in zip(found, wanted, strict=True):
        for column, value, right in zip(columns, one, other, strict=True):
            if isinstance(right, float):
                assert value == pytest.approx(right, abs=0.011), (name, column, one, other)
            else:
                assert value == right, (name, column, one, other)
