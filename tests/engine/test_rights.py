"""The engine's users may do what they need and nothing else."""

import urllib.error
import urllib.request

import pytest

from pipeline.engine.config import READER_SECONDS
from pipeline.servers import on_this_machine
from pipeline.warehouse import Setup, Warehouse, WarehouseError
from tests.services import MEMORY, Engine

READER_MAY_NOT = {
    "INSERT INTO delivrd.messages (source) VALUES ('x')": "ACCESS_DENIED",
    "SELECT * FROM delivrd_store.events": "ACCESS_DENIED",
    "SELECT * FROM system.processes": "ACCESS_DENIED",
    "SELECT * FROM system.users": "ACCESS_DENIED",
    "SELECT * FROM url('http://127.0.0.1:1/', 'TSV', 'a String')": "ACCESS_DENIED",
    "SELECT * FROM file('x.csv')": "ACCESS_DENIED",
    "SELECT * FROM remote('127.0.0.1', 'delivrd_store', 'events')": "ACCESS_DENIED",
    "SELECT 1 INTO OUTFILE 'x'": "INTO_OUTFILE_NOT_ALLOWED",
    "CREATE TABLE delivrd.mine (a UInt8) ENGINE = Memory": "ACCESS_DENIED",
    "CREATE TEMPORARY TABLE mine (a UInt8)": "ACCESS_DENIED",
    "DROP TABLE delivrd.messages": "ACCESS_DENIED",
    "TRUNCATE TABLE delivrd_store.events": "ACCESS_DENIED",
    "SYSTEM STOP LISTEN HTTP": "ACCESS_DENIED",
    "SYSTEM FLUSH LOGS": "ACCESS_DENIED",
    "KILL QUERY WHERE 1": "ACCESS_DENIED",
    f"SELECT 1 SETTINGS max_memory_usage = {MEMORY}": "SETTING_CONSTRAINT_VIOLATION",
    "SELECT 1 SETTINGS max_memory_usage = 0": "SETTING_CONSTRAINT_VIOLATION",
    "SELECT 1 SETTINGS max_memory_usage_for_user = 0": "SETTING_CONSTRAINT_VIOLATION",
    f"SELECT 1 SETTINGS max_execution_time = {READER_SECONDS + 1}": "SETTING_CONSTRAINT_VIOLATION",
    "SELECT 1 SETTINGS max_execution_time = 0": "SETTING_CONSTRAINT_VIOLATION",
    "SELECT 1 SETTINGS timeout_overflow_mode = 'break'": "SETTING_CONSTRAINT_VIOLATION",
    "SELECT 1 SETTINGS readonly = 0": "READONLY",
}


@pytest.mark.parametrize(("statement", "error"), READER_MAY_NOT.items())
def test_the_reader_is_refused(engine: Engine, statement: str, error: str) -> None:
    reader = engine.reader()
    with pytest.raises(Setup, match=error):
        reader.raw(statement, "TSV")
    reader.close()


@pytest.mark.usefixtures("warehouse")  # without the rows that others may have left
def test_the_reader_may_read_the_views_and_their_comments(engine: Engine) -> None:
    reader = engine.reader()
    views = {name for (name,) in reader.query("SHOW TABLES FROM delivrd")}
    for view in views:
        reader.query(f"SELECT * FROM {view} LIMIT 1")
    assert views >= {"messages", "events", "inbound", "dead_letters", "chunks"}
    assert reader.query("SHOW TABLES FROM delivrd_store") == []
    assert reader.query("SELECT table, name FROM system.columns WHERE database = 'delivrd' AND comment = ''") == []
    reader.close()


def test_a_reader_that_needs_too_much_memory_is_stopped(engine: Engine) -> None:
    reader = engine.reader()
    with pytest.raises(WarehouseError, match="memory limit") as caught:
        reader.query("SELECT length(groupArray(toString(number) || repeat('x', 100))) FROM numbers(100000000)")
    assert caught.value.code == 241
    reader.close()


def test_the_writer_has_no_way_out_of_its_databases(engine: Engine) -> None:
    writer = engine.writer()
    for statement in ("CREATE DATABASE other", "SELECT * FROM file('x.csv')", "CREATE USER x", "SYSTEM SHUTDOWN"):
        with pytest.raises(Setup, match="ACCESS_DENIED"):
            writer.command(statement)
    writer.close()


@pytest.mark.parametrize("statement", ["SYSTEM STOP LISTEN HTTP", "SELECT * FROM system.numbers LIMIT 1"])
def test_the_user_without_a_password_has_used_up_its_quota(engine: Engine, statement: str) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{engine.http_port}/", data=statement.encode())
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert b"QUOTA_EXCEEDED" in caught.value.read()
    caught.value.close()


def test_a_wrong_password_is_refused_in_words(engine: Engine) -> None:
    stranger = Warehouse(on_this_machine(engine.http_port), "writer", "guess", "delivrd")
    with pytest.raises(Setup, match="password is incorrect"):
        stranger.query("SELECT 1")
    assert not stranger.ping()
