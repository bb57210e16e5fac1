"""A desk on a real log and a real state file, and providers whose answers a test decides on."""

from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from pipeline.servers import on_this_machine
from pipeline.sqlite_log.access import SqliteEventLog, SqliteFiles
from pipeline.warehouse import Warehouse
from pollers.answers import Answer, NotAnswered, Question
from pollers.desk import Desk, Tools
from pollers.http import Http, Limits
from pollers.keeping import Keeper, Kept
from pollers.open_messages import Ledger
from pollers.pace import Pace, Paces
from pollers.state import State
from schemas.adapter import Source
from schemas.providers import adapters
from schemas.record import Record
from tests.pollers.clock import Clock

Send = Callable[[Question], Awaitable[Answer]]


class Scripted:
    """A provider whose answers come from a function."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def send(self, http: Http, question: Question) -> Answer:
        return await self._send(question)


class Installed:
    """What a poller keeps in a data folder. It may be left and entered again, as after a restart."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock = clock
        self.told: Counter[str] = Counter()
        self.state_file = folder / "poller.db"
        files = SqliteFiles(log=folder / "log.db", state=folder / "consumer.db", reserve_bytes=0)
        self.log = SqliteEventLog(files)
        self.state = State(self.state_file)

    def restart(self) -> None:
        """The process was killed, and another one starts."""
        self.state.close()
        self.state = State(self.state_file)

    def tools(self, attempts: int | None = None) -> Tools:
        nowhere = Ledger(Warehouse(on_this_machine(1), "nobody", ""))
        return Tools(
            Keeper(self.log.append, self.clock), self.state, nowhere, self._tell, self.clock, Paces(), attempts
        )

    def desk(self, provider: str, send: Send, attempts: int | None = None) -> Desk:
        """A desk for a source of the provider's name."""
        source = Source(provider, provider, timezone="UTC")
        http = Http("http://127.0.0.1:1", Pace(provider, 60), Limits())
        return Desk(source, adapters[provider], Scripted(send), http, self.tools(attempts))

    def records(self) -> list[Record]:
        return [entry.record for entry in self.log.records(0)]

    def close(self) -> None:
        self.state.close()
        self.log.close()

    def _tell(self, source: str, question: Question, found: Kept | NotAnswered) -> None:
        self.told[found.kind if isinstance(found, NotAnswered) else "answered"] += 1
