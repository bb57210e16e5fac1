"""Two engines that are the two shards of one cluster."""

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import msgspec
import pytest

from pipeline.servers import BESIDE, LOCAL, STORE, Servers
from pipeline.warehouse import Warehouse
from pipeline.warehouse.migrations import migrate
from tests.services import READER_PASSWORD, WRITER_PASSWORD, Engine, empty, new_engine

CLUSTER = "pair"
# What a server needs beyond the embedded engine: its part in the cluster, and a writer who may use it.
_GRANTS = f"<query>GRANT ALL ON {LOCAL}.*</query><query>GRANT ALL ON {LOCAL}{BESIDE}.*</query>"
_SHARD = """
<shard>
    <internal_replication>true</internal_replication>
    <replica><host>127.0.0.1</host><port>{port}</port><user>writer</user><password>{password}</password></replica>
</shard>"""


class Shards(msgspec.Struct, frozen=True):
    """The engines, each a shard."""

    engines: tuple[Engine, ...]

    @property
    def servers(self) -> Servers:
        """All of them, in order."""
        return Servers(tuple(("127.0.0.1", engine.http_port) for engine in self.engines), CLUSTER)

    def writer(self) -> Warehouse:
        """A new way to the storage."""
        return Warehouse(self.servers, "writer", WRITER_PASSWORD, STORE)

    def reader(self) -> Warehouse:
        """A new way to the public views."""
        return Warehouse(self.servers, "reader", READER_PASSWORD)

    def kill(self) -> None:
        """End them all as a crash would."""
        for engine in self.engines:
            engine.kill()


def new_shards(folder: Path) -> Shards:
    """Two engines with their configuration in `folder`, started, without a schema."""
    engines = tuple(new_engine(folder / f"shard{number}") for number in (1, 2))
    members = "".join(_SHARD.format(port=engine.tcp_port, password=escape(WRITER_PASSWORD)) for engine in engines)
    cluster = f"<remote_servers><{CLUSTER}>{members}</{CLUSTER}></remote_servers>"
    for engine in engines:
        _replace(engine.folder / "config.xml", "</clickhouse>", f"{cluster}</clickhouse>")
        _replace(engine.folder / "users.xml", "<query>GRANT ALL", f"{_GRANTS}<query>GRANT ALL")
        engine.start()
    return Shards(engines)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.fixture(scope="session")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shards]:
    """A running pair with its schema, for all tests of a process that leave it as it is."""
    running = new_shards(tmp_path_factory.mktemp("shards"))
    writer = running.writer()
    migrate(writer)
    writer.close()
    yield running
    running.kill()


@pytest.fixture
def sharded(shards: Shards) -> Iterator[Warehouse]:
    """The writer's way to the storage of the shared pair, which holds no rows."""
    writer = shards.writer()
    empty(writer)
    yield writer
    writer.close()


Served = Engine | Shards


@pytest.fixture(scope="session", params=["engine", "shards"])
def served(request: pytest.FixtureRequest) -> Served:
    """One server, and then again two shards."""
    found: Served = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def warehouse(served: Served) -> Iterator[Warehouse]:
    """The writer's way to the storage of either, which holds no rows."""
    writer = served.writer()
    empty(writer)
    yield writer
    writer.close()
