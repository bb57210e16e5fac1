"""Asking the warehouse, and inserting into it."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from io import IOBase
from typing import Any, cast

import msgspec
from clickhouse_connect.datatypes.base import ClickHouseType
from clickhouse_connect.driver.external import ExternalData
from urllib3.exceptions import HTTPError

from pipeline.servers import PUBLIC, Servers
from pipeline.warehouse.block import column_type, encode
from pipeline.warehouse.connection import CUT_SHORT, Connection
from pipeline.warehouse.errors import Refused, Retry, Setup, refused


class Parquet(msgspec.Struct, frozen=True):
    """A Parquet file, whole."""

    data: bytes


External = Mapping[str, tuple[str, Sequence[Sequence[Any]] | Parquet]]
"""Tables sent with a query: name -> (structure, columns), the structure like `id_hash UInt64, message UInt64`."""

ANSWER_BYTES = 32 * 1024 * 1024
"""Up to here the server finishes an answer in memory before it sends any of it, beyond in a file. Where its disk is
full it writes less than the answer and says nothing of it (measured: 200, without a byte)."""

# Said at each insert, never left to a default of the server or of a user's profile.
INSERT_SETTINGS: Mapping[str, int | str] = {
    "async_insert": 0,
    "deduplicate_insert": "enable",
    "insert_deduplicate": 1,
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    # One block stays one block: in the table, and in what its views make of it.
    "min_insert_block_size_rows": 1 << 30,
    "min_insert_block_size_bytes": 1 << 40,
    "max_insert_block_size": 1 << 30,
    "parallel_view_processing": 0,
    # Merging equal keys within a block at once made an insert into events with its views twice as dear (15 against
    # 7 CPU µs a row); the tables' own merges do it anyway.
    "optimize_on_insert": 0,
    # A backfill of years meets one partition a month.
    "max_partitions_per_insert_block": 2_000,
    "input_format_native_allow_types_conversion": 1,
}


class Warehouse:
    """One user's way to a ClickHouse server, or to those of a cluster, over HTTP. It connects at its first use.

    Safe for several threads, which then use a connection each; but give each role a Warehouse of its own, as work
    under one Python lock suffers from its neighbours (measured: an inserter beside a busy reader lost 90 %).
    No insert that may have arrived is tried again here: who calls knows what a repeat means. It is repeated with the
    same columns and token, and may be on any server of a cluster: each splits the same rows over the shards in the
    same way, and each shard's table knows the token. Every failure is a WarehouseError.
    """

    def __init__(self, servers: Servers, user: str, password: str, database: str = PUBLIC) -> None:
        self.servers = servers
        self.user = user
        self.password = password
        self.database = database
        self._connection = Connection(servers, user, password, database)
        self._types: dict[str, dict[str, ClickHouseType]] = {}

    def each(self) -> Iterator["Warehouse"]:
        """A way to each of the servers alone, in no database of the product; closed when the next one is taken."""
        for host in self.servers.hosts:
            server = Warehouse(
                msgspec.structs.replace(self.servers, hosts=(host,)), self.user, self.password, "default"
            )
            with contextlib.closing(server):
                yield server

    def insert(self, table: str, columns: Mapping[str, Sequence[Any]], token: str) -> None:
        """Insert `columns` as one block, at most once for one `token` among a table's last 1,000.

        All columns of one length, at most 65,000 rows; times as integer milliseconds,
        enums as labels. To try again means to call again with equal columns: equal columns are equal
        bytes. Returns when the rows are durable and in every view's target. No rows: nothing is sent.
        Raises Retry, Refused, Setup.
        """
        if not any(len(values) for values in columns.values()):
            return
        types = self._columns_of(table)
        unknown = [name for name in columns if name not in types]
        if unknown:
            self._types.pop(table)
            raise Setup(f"{table} has no column {', '.join(unknown)}; has `delivrd migrate` been run?")
        block = encode(table, types, columns)
        settings = {**INSERT_SETTINGS, "insert_deduplication_token": token}
        try:
            self._connection.ask(
                lambda client: client.raw_insert(table, list(columns), block, settings=settings, fmt="Native"),
                lambda error: refused(error, table),
            )
        except Setup:
            self._types.pop(table, None)
            raise

    def query(
        self, sql: str, params: Mapping[str, Any] | None = None, external: External | None = None
    ) -> list[tuple[Any, ...]]:
        """The rows of a SELECT. Times come as integers in the column's unit (DateTime64(3): milliseconds).

        `params` fill `{name:Type}` in `sql`. Raises Retry, Setup.
        """
        result = self._connection.ask(
            lambda client: client.query(
                sql,
                parameters=dict(params or {}),
                query_formats={"DateTime*": "int"},
                external_data=_external_data(external) if external else None,
                settings={"buffer_size": ANSWER_BYTES},
            )
        )
        rows = cast("list[tuple[Any, ...]]", list(result.result_rows))
        told = {name: int(result.summary.get(name) or 0) for name in ("result_rows", "written_rows")}
        if len(rows) < told["result_rows"] - told["written_rows"]:
            raise Retry(CUT_SHORT)
        return rows

    def command(self, sql: str, params: Mapping[str, Any] | None = None, external: External | None = None) -> None:
        """Run a statement that has no answer. Raises Retry, Setup."""
        self._connection.ask(
            lambda client: client.command(
                sql,
                parameters=dict(params or {}),
                external_data=_external_data(external) if external else None,
            )
        )

    def raw(
        self, sql: str, fmt: str, params: Mapping[str, Any] | None = None, external: External | None = None
    ) -> bytes:
        """The answer of a statement in a ClickHouse format, whole. Raises Retry, Setup."""
        return b"".join(self.stream(sql, fmt, params, external))

    def stream(
        self, sql: str, fmt: str, params: Mapping[str, Any] | None = None, external: External | None = None
    ) -> Iterator[bytes]:
        """The answer of a statement in a ClickHouse format, in pieces; a FORMAT in `sql` itself wins.

        The server finishes the answer before it sends any of it, so that an error never stands in the middle of
        what was already printed. Raises Retry, Setup; also while iterating, where the connection breaks.
        """
        settings = {"wait_end_of_query": 1, "buffer_size": ANSWER_BYTES, "default_format": fmt}
        answer = cast(
            "IOBase",
            self._connection.ask(
                lambda client: client.raw_stream(
                    sql,
                    parameters=dict(params or {}),
                    settings=settings,
                    external_data=_external_data(external) if external else None,
                )
            ),
        )
        try:
            while piece := answer.read(1 << 16):
                yield piece
        except (OSError, HTTPError):
            raise Retry("the warehouse broke the connection off") from None
        finally:
            answer.close()

    def ping(self) -> bool:
        """Whether the server answers this user."""
        try:
            return self.query("SELECT 1") == [(1,)]
        except (Retry, Refused, Setup):
            return False

    def close(self) -> None:
        """Give the connections back. The Warehouse connects again if it is used again."""
        self._connection.close()

    def _columns_of(self, table: str) -> dict[str, ClickHouseType]:
        if table not in self._types:
            rows = self.query(f"DESCRIBE TABLE {table}")
            self._types[table] = {
                row[0]: column_type(row[1]) for row in rows if row[2] not in ("MATERIALIZED", "ALIAS")
            }
        return self._types[table]


def _external_data(tables: External) -> ExternalData:
    data = ExternalData()
    for name, (structure, columns) in tables.items():
        if isinstance(columns, Parquet):
            data.add_file(file_name=name, data=columns.data, fmt="Parquet", structure=structure)
            continue
        types = {column: column_type(kind) for column, kind in (part.split() for part in structure.split(","))}
        block = encode(name, types, dict(zip(types, columns, strict=True)))
        data.add_file(file_name=name, data=block, fmt="Native", structure=structure)
    return data
