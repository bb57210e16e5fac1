"""Connections to the warehouse: to the first of its servers that answers, and to the next one when it does not."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import clickhouse_connect
from clickhouse_connect.driver import exceptions
from clickhouse_connect.driver.client import Client
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from pipeline.servers import Servers
from pipeline.warehouse.errors import Retry, WarehouseError, causes, translated

# What they log is raised as well; and they log it with the address, which holds a query's parameters.
for _library in ("clickhouse_connect", "urllib3"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)

CONNECT_SECONDS = 5
ANSWER_SECONDS = 150
"""Longer than any statement may run (`READER_SECONDS` of the engine), so that the server gives up first."""

CUT_SHORT = "the warehouse's answer was cut short; is its disk full?"

CLUSTER_SETTINGS: Final[Mapping[str, int | str]] = {
    # What is inserted over the shards is on them when the insert returns, each shard's rows in one block.
    "distributed_foreground_insert": 1,
    # An answer without a shard that is away would be taken for the whole.
    "skip_unavailable_shards": 0,
    # What a condition looks up may be on another shard; `local` would not find it there, and say nothing.
    "distributed_product_mode": "global",
    "optimize_skip_unused_shards": 1,
    # What is selected to be inserted passes the server that was asked: only it has the tables that were sent along.
    "parallel_distributed_insert_select": 0,
}
REPLICATED_SETTINGS: Final[Mapping[str, int | str]] = {
    # What was written is on most replicas, and read from the one that it was written to, by every process.
    "insert_quorum": "auto",
    "load_balancing": "in_order",
    "prefer_localhost_replica": 0,
}

Answer = TypeVar("Answer")


class Connection:
    """One user's. It is made at the first use; threads share it, and use a socket each."""

    def __init__(self, servers: Servers, user: str, password: str, database: str) -> None:
        self._servers = servers
        self._user = user
        self._password = password
        self._database = database
        self._present = 0
        self._lock = threading.Lock()
        self._client: Client | None = None

    def ask(
        self, action: Callable[[Client], Answer], failure: Callable[[exceptions.Error], WarehouseError] = translated
    ) -> Answer:
        """What `action` answers. It is done once: on the next server only where the one before never heard of it.

        Raises what `failure` makes of an error. After one that leaves open whether the statement arrived, the next
        call goes to the next server: it is the caller who knows whether the statement can be repeated.
        """
        last = len(self._servers.hosts)
        for attempt in range(1, last + 1):
            client = self._connected()
            try:
                return action(client)
            except exceptions.Error as error:
                if error.code is None:
                    self._leave(client)
                if attempt == last or not _never_sent(error):
                    raise failure(error) from None
        raise AssertionError("a warehouse has at least one server")

    def close(self) -> None:
        """Give it back. It is made anew if it is used again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> Client:
        for _ in self._servers.hosts[1:]:
            try:
                return self._connect_to(*self._servers.hosts[self._present])
            except Retry:
                self._advance()
        return self._connect_to(*self._servers.hosts[self._present])

    def _leave(self, client: Client) -> None:
        """Nobody else is sent to a server that did not answer, where there is another."""
        with self._lock:
            if self._client is client and len(self._servers.hosts) > 1:
                self._client = None
                self._advance()
                client.close()

    def _advance(self) -> None:
        self._present = (self._present + 1) % len(self._servers.hosts)

    def _connect_to(self, host: str, port: int) -> Client:
        settings = {**CLUSTER_SETTINGS} if self._servers.cluster else {}
        if self._servers.replicated:
            settings |= REPLICATED_SETTINGS
        try:
            connected = clickhouse_connect.get_client(
                host=host,
                port=port,
                username=self._user,
                password=self._password,
                database=self._database,
                interface="https" if self._servers.secure else "http",
                ca_cert=self._servers.ca_file or None,
                settings=settings,
                compress=False,
                query_retries=0,
                connect_timeout=CONNECT_SECONDS,
                send_receive_timeout=ANSWER_SECONDS,
                client_name="delivrd",
                autogenerate_session_id=False,
                tz_mode="aware",
                dedicated_pool=True,
            )
        except exceptions.Error as error:
            raise translated(error) from None
        if not connected.server_settings:
            connected.close()
            raise Retry(CUT_SHORT)
        return connected


def _never_sent(error: exceptions.Error) -> bool:
    """No connection could be made, so that nothing of the statement reached the server."""
    return any(isinstance(cause, NewConnectionError | ConnectTimeoutError) for cause in causes(error))
