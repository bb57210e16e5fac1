"""Columns to one block in ClickHouse's Native format.

The block is made here, and not by clickhouse-connect's insert, because that cuts at about 2 MiB (blocks under one
token that were cut differently the second time lost rows silently), asks for the table's columns each time, sends
half a request where a value does not fit, and writes an enum label that it does not know as 0.

Layout: number of columns and rows (varint); per column its name and type (varint length, bytes) and its values, as
in https://clickhouse.com/docs/interfaces/formats/Native.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from clickhouse_connect.datatypes.base import ClickHouseType
from clickhouse_connect.datatypes.registry import get_from_name
from clickhouse_connect.driver.common import write_leb128
from clickhouse_connect.driver.insert import InsertContext

from pipeline.warehouse.errors import Refused

MAX_ROWS = 65_000
"""Above this, the server's views would cut a block in two (`max_block_size`)."""


def column_type(name: str) -> ClickHouseType:
    """How values for a column of this ClickHouse type are sent, where not as the type itself.

    LowCardinality goes as what it holds, as the server encodes it cheaper; enums go as their labels, as the server
    checks labels and not codes.
    """
    if name.startswith("LowCardinality("):
        name = name.removeprefix("LowCardinality(").removesuffix(")")
    return get_from_name("String" if name.startswith("Enum") else name)


def encode(table: str, types: Mapping[str, ClickHouseType], columns: Mapping[str, Sequence[Any]]) -> bytes:
    """One Native block of `columns`, whose names must be in `types`.

    Times are integers in the column's unit (milliseconds), enums are labels, UUIDs objects or text.
    Equal columns give equal bytes. Raises Refused, with table and column, where a value does not fit its type,
    and ValueError where the columns' lengths differ or there are more than MAX_ROWS rows.
    """
    lengths = {len(values) for values in columns.values()}
    if len(lengths) != 1:
        raise ValueError(f"columns of {table} have different lengths: {sorted(lengths)}")
    rows = lengths.pop()
    if rows > MAX_ROWS:
        raise ValueError(f"a block for {table} has {rows} rows; at most {MAX_ROWS}")
    context = InsertContext(table, list(columns), [types[name] for name in columns])
    block = bytearray()
    write_leb128(len(columns), block)
    write_leb128(rows, block)
    for name, values in columns.items():
        kind = types[name]
        _write_text(name, block)
        _write_text(kind.insert_name, block)
        context.start_column(name)
        try:
            kind.write_column(values, block, context)
        except Exception as error:  # noqa: BLE001 - each type fails in its own way
            raise Refused(
                f"a value for {table}.{name} does not fit its type {kind.base_type} ({type(error).__name__})"
            ) from None
    return bytes(block)


def _write_text(text: str, block: bytearray) -> None:
    encoded = text.encode()
    write_leb128(len(encoded), block)
    block += encoded
