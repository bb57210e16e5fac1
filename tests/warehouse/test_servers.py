"""Several servers: the next one is asked when one does not answer, and nothing is inserted twice by that."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pipeline.servers import STORE, Servers
from pipeline.warehouse import Retry, Setup, Warehouse
from pipeline.warehouse.migrations import check_current, migrate
from tests.services import WRITER_PASSWORD, Engine, free_ports
from tests.shards import CLUSTER, Shards
from tests.support.gateway import Gateway
from tests.warehouse.test_inserting import FILLED, block, rows

LOCALHOST = "127.0.0.1"


def writer(*ports: int) -> Warehouse:
    """A way to the pair through these ports."""
    return Warehouse(Servers(tuple((LOCALHOST, port) for port in ports), CLUSTER), "writer", WRITER_PASSWORD, STORE)


@pytest.fixture
def gateway(shards: Shards, sharded: Warehouse) -> Iterator[Gateway]:
    """Before the first engine of the pair, which holds no rows."""
    with Gateway(shards.engines[0].http_port) as opened:
        yield opened


def test_a_server_that_refuses_is_passed_over(sharded: Warehouse, shards: Shards) -> None:
    warehouse = writer(*free_ports(2), shards.engines[1].http_port)
    warehouse.insert("events", block(100), "one")
    assert rows(warehouse) == dict.fromkeys(FILLED, 100)
    warehouse.close()


def test_a_server_that_goes_is_left_in_the_middle_of_a_questions_turn(gateway: Gateway, shards: Shards) -> None:
    warehouse = writer(gateway.port, shards.engines[1].http_port)
    assert warehouse.query("SELECT tcpPort()") == [(shards.engines[0].tcp_port,)]
    gateway.close()
    assert warehouse.query("SELECT tcpPort()") == [(shards.engines[1].tcp_port,)]
    assert warehouse.raw("SELECT tcpPort()", "TSV") == f"{shards.engines[1].tcp_port}\n".encode()
    warehouse.close()


def test_an_insert_in_doubt_is_repeated_by_the_caller_on_the_next_server(gateway: Gateway, shards: Shards) -> None:
    """The rows are on their shards, and the answer never came: the same again goes elsewhere and is taken once."""
    warehouse = writer(gateway.port, shards.engines[1].http_port)
    warehouse.insert("events", block(1), "first")
    gateway.swallow = True
    with pytest.raises(Retry, match="does not answer"):
        warehouse.insert("events", block(1_000, first=1), "one")
    direct = shards.writer()
    assert rows(direct) == dict.fromkeys(FILLED, 1_001)
    warehouse.insert("events", block(1_000, first=1), "one")
    assert warehouse.query("SELECT tcpPort()") == [(shards.engines[1].tcp_port,)]
    assert rows(direct) == dict.fromkeys(FILLED, 1_001)
    warehouse.close()
    direct.close()


def test_the_first_one_is_asked_again_when_the_next_one_goes(gateway: Gateway, shards: Shards) -> None:
    with Gateway(shards.engines[1].http_port) as other:
        warehouse = writer(gateway.port, other.port)
        warehouse.insert("events", block(1, first=10), "first")
        gateway.swallow = True
        with pytest.raises(Retry):
            warehouse.insert("events", block(10), "one")
        gateway.swallow = False
        warehouse.insert("events", block(10), "one")
    warehouse.insert("events", block(10), "one")
    assert rows(warehouse) == dict.fromkeys(FILLED, 11)
    warehouse.close()


def test_none_that_answers_is_tried_again_later() -> None:
    warehouse = writer(*free_ports(3))
    with pytest.raises(Retry, match="does not answer"):
        warehouse.query("SELECT 1")
    with pytest.raises(Retry, match="does not answer"):
        migrate(warehouse)


def test_the_schema_is_checked_on_the_servers_that_answer(shards: Shards) -> None:
    warehouse = writer(*free_ports(1), shards.engines[1].http_port)
    check_current(warehouse)
    with pytest.raises(Retry, match="does not answer"):
        check_current(writer(*free_ports(2)))


def test_a_wrong_password_is_no_reason_to_ask_another(shards: Shards) -> None:
    warehouse = Warehouse(shards.servers, "writer", "guess", STORE)
    with pytest.raises(Setup, match="Authentication failed"):
        warehouse.query("SELECT 1")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine, signed by itself, with its key in the same file."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run([*made, "-keyout", str(path), "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def secure(engine: Engine, certificate: Path) -> Iterator[Servers]:
    """The shared engine behind TLS."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with Gateway(engine.http_port, tls) as opened:
        yield Servers(((LOCALHOST, opened.port),), secure=True, ca_file=f"{certificate}.crt")


def test_tls_is_spoken_where_it_is_asked_for(secure: Servers) -> None:
    warehouse = Warehouse(secure, "writer", WRITER_PASSWORD, STORE)
    assert warehouse.query("SELECT 1") == [(1,)]
    assert migrate(warehouse) == []
    warehouse.close()


def test_a_certificate_that_nobody_signed_is_refused(secure: Servers) -> None:
    warehouse = Warehouse(msgspec.structs.replace(secure, ca_file=""), "writer", WRITER_PASSWORD, STORE)
    with pytest.raises(Setup, match=r"certificate is refused \(self-signed certificate\).*ca_file"):
        warehouse.query("SELECT 1")
    with pytest.raises(Setup, match="certificate"):
        migrate(warehouse)
