"""Each promise of the README names tests, and they exist."""

import ast
import re

import pytest

from tests.docs.pages import README, ROOT, table

_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def _promises() -> list[list[str]]:
    return table(README.read_text(encoding="utf-8"), "| promise |")


@pytest.mark.parametrize("row", _promises(), ids=lambda row: row[0])
def test_the_tests_behind_a_promise_exist(row: list[str]) -> None:
    named = _NAMED.findall(row[2])
    assert named
    for file, test in named:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert test in functions, f"{file} has no {test}"
