"""`delivrd sql`, `report` and `status` on a running installation, in a pipe and on a terminal."""

import json
import os
import pty
import subprocess
import sys

import pytest

from tests.cli.command import environment, run
from tests.support.installation import Installation, post
from tests.support.waiting import until

REPORT = b'{"messageId":"0913121205","phone":"5511998765432","status":"DELIVRD","timestamp":"2026-01-31T12:00:00Z"}'


@pytest.fixture(scope="module", autouse=True)
def message(delivrd: Installation) -> None:
    """A message that can be asked for."""
    assert post(delivrd.urls()["integrax-br"], REPORT).status_code == 200
    until(lambda: delivrd.sql("SELECT 1 FROM messages"), "queryable")


def on_a_terminal(delivrd: Installation, *arguments: str) -> str:
    """What a command shows on a terminal of its own."""
    screen, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "delivrd", *arguments],
        env={**environment(delivrd.folder.root), "TERM": "xterm", "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=subprocess.PIPE,
    ):
        os.close(terminal)
        shown = b""
        try:
            while piece := os.read(screen, 4096):
                shown += piece
        except OSError:  # Linux's way to say that the other side is closed
            pass
    os.close(screen)
    return shown.decode()


def test_a_pipe_gets_tab_separated_rows(delivrd: Installation) -> None:
    sql = "SELECT message_id, recipient, status, is_final FROM messages"
    assert delivrd.run_apart("sql", sql).stdout == b"0913121205\t+5511998765432\tdelivered\ttrue\n"
    assert delivrd.run_apart("sql", f"{sql};").stdout == delivrd.run("sql", sql).stdout


def test_the_question_may_come_through_a_pipe_too(delivrd: Installation) -> None:
    assert run("sql", data=delivrd.folder.root, stdin="SELECT 1 + 1;\n").stdout == "2\n"


def test_a_terminal_gets_a_table(delivrd: Installation) -> None:
    shown = on_a_terminal(delivrd, "sql", "SELECT message_id, status FROM messages")
    assert "message_id" in shown
    assert "│" in shown


def test_any_format(delivrd: Installation) -> None:
    done = delivrd.run_apart("sql", "SELECT message_id FROM messages", "--format", "JSONEachRow")
    assert json.loads(done.stdout) == {"message_id": "0913121205"}
    assert delivrd.run_apart("sql", "SELECT 1 AS a", "--format", "Parquet").stdout.startswith(b"PAR1")


def test_times_in_a_zone(delivrd: Installation) -> None:
    sql = "SELECT message_id, state_at FROM messages"
    assert delivrd.run_apart("sql", sql).stdout == b"0913121205\t2026-01-31 12:00:00.000\n"
    assert delivrd.run_apart("sql", sql, "--tz", "America/Sao_Paulo").stdout == b"0913121205\t2026-01-31 09:00:00.000\n"
    assert delivrd.run_apart("sql", "SELECT 1", "--tz", "America/Sao_Paulo").stdout == b"1\n"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT nothing FROM messages",
        "SELEKT 1",
        "DROP TABLE messages",
        "INSERT INTO messages (message_id) VALUES ('1')",
        "SELECT * FROM delivrd_store.events",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    ],
)
def test_what_the_reader_may_not_or_cannot_is_said_in_a_line(delivrd: Installation, sql: str) -> None:
    done = delivrd.run("sql", sql, code=1)
    assert done.stdout == b""
    assert len(done.stderr.splitlines()) == 1


def test_no_question_is_wrong_use(delivrd: Installation) -> None:
    assert b"delivrd sql" in delivrd.run("sql", "", code=2).stderr


@pytest.mark.parametrize("name", ["deliveries", "failures", "latency", "coverage"])
def test_each_report_runs(delivrd: Installation, name: str) -> None:
    lines = delivrd.run("report", name).stdout.decode().splitlines()
    assert lines[0].startswith("source\tprovider\t") or name == "failures"


def test_a_report_grouped_and_in_another_format(delivrd: Installation) -> None:
    done = delivrd.run("report", "deliveries", "--by", "country,source", "--since", "1h", "--format", "JSONEachRow")
    found = json.loads(done.stdout)
    assert list(found)[:2] == ["country", "source"]
    assert (found["country"], found["messages"], found["delivered"]) == ("BR", 1, 1)


def test_a_period_without_messages(delivrd: Installation) -> None:
    done = delivrd.run("report", "deliveries", "--since", "2020-01-01", "--until", "2020-02-01")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(["--by", "moon"], b"country"), (["--since", "yesterday"], b"24h"), (["moons"], b"coverage")],
)
def test_a_report_used_wrongly(delivrd: Installation, arguments: list[str], named: bytes) -> None:
    name = [] if arguments == ["moons"] else ["deliveries"]
    assert named in delivrd.run("report", *name, *arguments, code=2).stderr


def test_status_of_what_runs(delivrd: Installation) -> None:
    until(lambda: b"0 records" in delivrd.run_apart("status", code=None).stdout, "nothing pending")
    rows = dict(line.split("\t") for line in delivrd.run_apart("status").stdout.decode().splitlines())
    assert rows["receiver"].startswith("ready")
    assert rows["console"].startswith("ready")
    assert rows["engine"] == f"pid {delivrd.pid('engine')}"
    assert "free of" in rows["disk"]
    assert "what" in on_a_terminal(delivrd, "status")


def test_migrate_finds_nothing_to_do(delivrd: Installation) -> None:
    assert delivrd.run_apart("migrate").stdout == b"up to date already\n"
