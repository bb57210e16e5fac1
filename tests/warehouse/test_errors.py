"""Each failure of the warehouse has one of three kinds, and says it in a line."""

import logging
from pathlib import Path

import pytest

from pipeline.servers import on_this_machine
from pipeline.warehouse import Retry, Setup, Warehouse, WarehouseError
from pipeline.warehouse.errors import REFUSED, RETRY, SETUP
from tests.services import READER_PASSWORD, free_ports, new_engine


def test_the_codes_are_those_of_the_server(warehouse: Warehouse) -> None:
    for codes in (REFUSED, SETUP):
        for code, name in codes.items():
            assert warehouse.query("SELECT errorCodeToName({code:UInt32})", {"code": code}) == [(name,)]
    for code in RETRY:
        assert warehouse.query("SELECT errorCodeToName({code:UInt32})", {"code": code}) != [("",)]


def test_a_code_has_one_kind() -> None:
    assert not REFUSED.keys() & SETUP.keys()
    assert not RETRY.keys() & (REFUSED.keys() | SETUP.keys())


STATEMENTS: dict[str, tuple[type[WarehouseError], str]] = {
    "SELEC 1": (Setup, "Syntax error"),
    "SELECT colour FROM homes": (Setup, "colour"),
    "SELECT * FROM nowhere": (Setup, "nowhere"),
    "SELECT no_such_function(1)": (Setup, "no_such_function"),
    "SELECT toUInt8('x')": (Setup, "Cannot parse"),
    "SELECT {a:UInt8}": (Setup, "a"),
    "SELECT throwIf(1)": (Retry, "non-zero"),
    "SELECT sleepEachRow(1) FROM system.numbers SETTINGS max_execution_time = 1, max_block_size = 1": (
        Retry,
        "the warehouse took longer than it may",
    ),
}


@pytest.mark.parametrize(("statement", "expected"), STATEMENTS.items())
def test_a_statement_fails_in_its_kind_and_in_one_line(
    warehouse: Warehouse, statement: str, expected: tuple[type[WarehouseError], str]
) -> None:
    kind, words = expected
    with pytest.raises(kind, match=words) as caught:
        warehouse.query(statement)
    text = str(caught.value)
    assert "\n" not in text
    assert "http://" not in text
    assert "version" not in text
    with pytest.raises(kind):
        warehouse.raw(statement, "TSV")


def test_an_answer_in_a_format_comes_whole_or_not_at_all(warehouse: Warehouse) -> None:
    pieces = warehouse.stream("SELECT throwIf(number = 3000000) FROM numbers(4000000)", "TSV")
    with pytest.raises(WarehouseError):
        next(pieces)
    assert warehouse.raw("SELECT 1 AS a, 'b' AS b", "CSVWithNames") == b'"a","b"\n1,"b"\n'
    assert warehouse.raw("SELECT 1 AS a FORMAT JSONEachRow", "TSV") == b'{"a":1}\n'
    assert len(warehouse.raw("SELECT number FROM numbers(1000000)", "RowBinary")) == 8_000_000


def test_a_connection_that_breaks_in_the_middle_of_an_answer_is_tried_again(tmp_path: Path) -> None:
    engine = new_engine(tmp_path / "engine")
    engine.start()
    reader = Warehouse(on_this_machine(engine.http_port), "reader", READER_PASSWORD, "default")
    pieces = reader.stream("SELECT number FROM numbers(5000000)", "RowBinary")
    next(pieces)
    engine.kill()
    with pytest.raises(Retry, match="broke the connection off"):
        list(pieces)
    with pytest.raises(Retry, match="does not answer"):
        reader.query("SELECT 1")
    reader.close()


def test_nothing_is_logged_that_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    nobody = Warehouse(on_this_machine(free_ports(1)[0]), "writer", "w")
    with pytest.raises(Retry) as caught:
        nobody.query("SELECT {number:String}", {"number": "+5511987654321"})
    assert caplog.text == ""
    assert "987654321" not in str(caught.value)
