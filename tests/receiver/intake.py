"""A running intake for tests: the real server, the real log, real connections; in a thread of the test's process."""

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import msgspec
import uvicorn
import uvloop

from pipeline.clock import Clock, now_ms
from pipeline.log import LogAppender
from pipeline.sqlite_log import GroupCommit, SqliteWriter, records_of
from pipeline.sqlite_log.writer import free_bytes
from receiver.access import Door
from receiver.connections import Connection, Limits
from receiver.keeping import Keeper
from receiver.logs import has_room
from receiver.serve import listen, make_server, serve, stop
from receiver.sources import IntakeSource
from receiver.tally import Tally
from receiver.webhooks import Webhooks
from schemas.adapter import Source
from schemas.credentials import spellings
from schemas.providers import adapters
from schemas.record import Record
from tests.support.leaks import secret

SECRET = secret("right-secret-0123456789abcdef")
SECOND = secret("second-secret-0123456789abcdef")
INTEGRAX = IntakeSource(
    Source("integrax-br", "integrax", region="BR"),
    adapters["integrax"],
    (SECRET.encode(), SECOND.encode()),
    hidden=spellings([SECRET, SECOND]),
)
GATEWAY = IntakeSource(
    Source("phones", "smsgateway24", region="FR"), adapters["smsgateway24"], (SECRET.encode(), SECRET.encode())
)
PATH = f"/v1/webhooks/integrax-br/{SECRET}"
JSON = {"content-type": "application/json"}


class Reply(msgspec.Struct, frozen=True):
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class SeenTally(Tally):
    """It is flushed whenever the server looked over its connections."""

    sweeps = 0

    def flush(self) -> None:
        super().flush()
        self.sweeps += 1


class Intake:
    """The server. `door` may be changed while it runs."""

    def __init__(
        self,
        folder: Path,
        sources: Iterable[IntakeSource] = (INTEGRAX, GATEWAY),
        *,
        limits: Limits | None = None,
        appender: Callable[[LogAppender], LogAppender] = lambda appender: appender,
        free: Callable[[Path], int] = free_bytes,
        clock: Clock = now_ms,
    ) -> None:
        self.log = folder / "log.db"
        self._sources = {source.source.name.encode(): source for source in sources}
        self._first = 1
        self.door = Door(self._sources, ())
        self.tally = SeenTally()
        self._limits = limits or Limits()
        self._wrap = appender
        self._free = free
        self._clock = clock
        self._listener = listen("127.0.0.1", 0)
        self.port: int = self._listener.getsockname()[1]
        self._loop: asyncio.AbstractEventLoop
        self._server: uvicorn.Server
        self._failed: BaseException | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._thread.join()
        if self._failed:
            raise self._failed

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(stop, self._server)

    def run(self, action: Callable[[], object]) -> None:
        """Do something on the server's loop."""
        self._loop.call_soon_threadsafe(action)

    def wait(self, condition: Coroutine[Any, Any, Any]) -> None:
        """Await something on the server's loop."""
        asyncio.run_coroutine_threadsafe(condition, self._loop).result(20)

    def connections(self) -> list[Connection]:
        return [one for one in self._server.server_state.connections if isinstance(one, Connection)]

    async def busy(self, count: int) -> None:
        """Until this many requests wait for their answer."""
        while sum(connection.where()[0] == "answer" for connection in self.connections()) < count:
            await asyncio.sleep(0.001)

    async def leaving(self) -> None:
        """Until no connection is to be used again."""
        while any(connection.cycle and connection.cycle.keep_alive for connection in self.connections()):
            await asyncio.sleep(0.001)

    async def swept(self, times: int) -> None:
        """Until the server has looked over its connections so often."""
        target = self.tally.sweeps + times
        while self.tally.sweeps < target:
            await asyncio.sleep(0.001)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._main())
        except BaseException as error:  # noqa: BLE001 (raised again in the test's thread)
            self._failed = error
            self._started.set()

    async def _main(self) -> None:
        appender = GroupCommit(SqliteWriter(self.log, reserve_bytes=1024, free=self._free))
        webhooks = Webhooks(self.door, Keeper(self._wrap(appender)), self.tally, self._clock)
        self._server = make_server(webhooks, lambda: has_room(appender), self._limits)
        self._loop = asyncio.get_running_loop()
        self._started.set()
        try:
            await serve(self._server, self._listener, self.tally, self._limits)
        finally:
            await appender.close()

    def kept(self) -> list[Record]:
        """The records of the log, in order, since `begin_anew`."""
        return [entry.record for entry in records_of(self.log, first=self._first)]

    def begin_anew(self) -> None:
        """As if it had just been started."""
        self.door.sources, self.door.trusted = self._sources, ()
        self._first = (
            max((entry.offset for entry in records_of(self.log, first=self._first)), default=self._first - 1) + 1
        )

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def raw(self, request: bytes) -> Reply:
        """Send these bytes on a connection of their own; the first reply."""
        with self.connect() as connection:
            connection.sendall(request)
            return reply(connection)

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = JSON) -> Reply:
        """A request in one piece."""
        return self.raw(head(method, path, {"content-length": str(len(body)), **headers}) + body)

    def post(self, body: bytes, headers: Mapping[str, str] = JSON, path: str = PATH) -> Reply:
        """A webhook in one piece."""
        return self.ask("POST", path, body, headers)

    def post_in_pieces(self, body: bytes, headers: Mapping[str, str] = JSON, path: str = PATH) -> Reply:
        """A webhook whose body is sent when the server asks for it."""
        with self.connect() as connection:
            connection.sendall(
                head("POST", path, {"content-length": str(len(body)), "expect": "100-continue", **headers})
            )
            line = connection.recv(12, socket.MSG_PEEK)
            if line == b"HTTP/1.1 100":
                assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
                connection.sendall(body)
            return reply(connection)


Post = Callable[..., Reply]


def head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\nhost: localhost\r\n{fields}\r\n".encode("latin-1")


def reply(connection: socket.socket, method: str = "POST") -> Reply:
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())


def report(number: int | str = 1, **fields: Any) -> dict[str, Any]:
    known = {"messageId": str(number), "phone": "5511987654321", "status": "DELIVRD"}
    return known | {"timestamp": "2026-11-20T12:34:56.789Z"} | fields


def as_json(content: Any) -> bytes:
    return json.dumps(content).encode()
