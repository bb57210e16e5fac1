"""Everything made anew from archive and log, while reports come in: what was named wrongly is gone, nothing is lost."""

import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from delivrd import rebuilding
from pipeline.warehouse import Retry, beside
from tests.e2e.bodies import INTEGRAX, integrax
from tests.e2e.test_archive import RIGHT, let_go
from tests.support.cluster import ClusterInstallation
from tests.support.installation import DELIVRD, Installation, post
from tests.support.waiting import until

MANY = 600
PHANTOMS = 100
ATTEMPTS = 10


@pytest.fixture(scope="module")
def settings() -> str:
    """Of a log that keeps nothing that is archived."""
    return RIGHT


@pytest.fixture(scope="module")
def told(delivrd: Installation, urls: dict[str, str]) -> None:
    """Reports, of which the log holds the last ones alone."""
    reports = [json.loads(integrax(f"many-{number}")) for number in range(MANY)]
    assert post(urls[INTEGRAX], json.dumps(reports).encode()).status_code == 200
    post(urls[INTEGRAX], b"not JSON")
    delivrd.audit()
    let_go(delivrd)
    post(urls[INTEGRAX], integrax("later"))
    delivrd.audit()


def name_wrongly(delivrd: Installation) -> None:
    """As a version does that took something else for what names a message."""
    with closing(delivrd.writer()) as writer:
        writer.command(
            "INSERT INTO events SELECT * REPLACE (message + 1 AS message, message_id || '-wrong' AS message_id) "
            f"FROM events WHERE message_id LIKE 'many-%' LIMIT {PHANTOMS}"
        )


def messages(delivrd: Installation) -> int:
    [row] = delivrd.sql("SELECT toUInt32(count()) AS count FROM messages WHERE NOT startsWith(message_id, 'live-')")
    count: int = row["count"]
    return count


@contextmanager
def reports_arriving(url: str) -> Iterator[list[int]]:
    ended, sent = threading.Event(), [0]

    def send() -> None:
        while not ended.wait(0.05):
            assert post(url, integrax(f"live-{sent[0]}")).status_code == 200
            sent[0] += 1

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield sent
    finally:
        ended.set()
        thread.join()


def rebuild(delivrd: Installation, *options: str) -> str:
    """As `delivrd rebuild --all` is used in either mode; what it said."""
    if not isinstance(delivrd, ClusterInstallation):
        done = delivrd.run("rebuild", "--all", *options)
        return (done.stderr + done.stdout).decode()
    with started(delivrd, *options) as process:
        assert process.stderr
        said = ""
        while "Stop every" not in said:
            line = process.stderr.readline().decode()
            assert line, said
            said += line
        delivrd.leave("worker")
        out, rest = process.communicate(timeout=100)
        assert process.returncode == 0, rest
    delivrd.join("worker", "consumer")
    until(lambda: not delivrd.problem("worker"), "the consumer is ready")
    return said + (rest + out).decode()


@contextmanager
def started(delivrd: Installation, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [*DELIVRD, "rebuild", "--all", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=delivrd._env) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.usefixtures("told")
def test_all_is_made_anew_while_reports_come_in(delivrd: Installation, urls: dict[str, str]) -> None:
    before = delivrd.sql("SELECT * FROM messages ORDER BY ALL")
    letters = delivrd.sql("SELECT * EXCEPT (changed_at) FROM dead_letters ORDER BY ALL")
    name_wrongly(delivrd)
    assert messages(delivrd) == MANY + 1 + PHANTOMS
    with reports_arriving(urls[INTEGRAX]) as sent:
        until(lambda: sent[0] > 5, "reports come in")
        said = rebuild(delivrd)
    assert "made anew from" in said
    delivrd.audit()
    assert messages(delivrd) == MANY + 1
    [live] = delivrd.sql("SELECT toUInt32(count()) AS count FROM messages WHERE startsWith(message_id, 'live-')")
    assert live == {"count": sent[0]}
    assert delivrd.sql("SELECT * FROM messages WHERE NOT startsWith(message_id, 'live-') ORDER BY ALL") == before
    assert delivrd.sql("SELECT * EXCEPT (changed_at) FROM dead_letters ORDER BY ALL") == letters
    figures = "SELECT toUInt32(sum(messages)) AS count FROM deliveries"
    until(lambda: delivrd.sql(figures) == [{"count": MANY + 1 + sent[0]}], "the figures are those of the messages")
    [chunks] = delivrd.sql("SELECT toUInt32(sum(records)) AS records FROM chunks")
    assert chunks == {"records": MANY + 2 + sent[0]}, "each record in one range"


@pytest.mark.usefixtures("told")
def test_killed_at_any_moment_the_old_rows_stay_and_a_new_start_goes_on(
    delivrd: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_wrongly(delivrd)
    for _ in range(ATTEMPTS):
        if cut_off_in_between(delivrd):
            break
        until(lambda: not beside_of(delivrd), "it has come to its end")
        assert messages(delivrd) == MANY + 1
        name_wrongly(delivrd)
    else:
        pytest.fail(f"{ATTEMPTS} rebuilds came to their ends before they were killed")
    delivrd.audit()
    assert messages(delivrd) == MANY + 1 + PHANTOMS
    if isinstance(delivrd, ClusterInstallation):
        assert "going on" in rebuild(delivrd)
    else:
        with monkeypatch.context() as killed:
            killed.setattr(rebuilding, "exchange", cut_off_exchange(monkeypatch))
            delivrd.run_here("rebuild", "--all", code=1)
        # The worker goes on as nobody holds it, and finishes first what was decided.
        until(lambda: not beside_of(delivrd), "the exchange is finished")
    delivrd.audit()
    assert messages(delivrd) == MANY + 1


def cut_off_in_between(delivrd: Installation) -> bool:
    """Kill a rebuild as soon as it was begun; whether that was before it decided to exchange rows."""
    with closing(delivrd.writer()) as writer:
        with started(delivrd) as process:
            until(lambda: beside.begun(writer), "it was begun")
            process.send_signal(signal.SIGKILL)
        left = beside.begun(writer)
    return left is not None and left.state == "begun"


def cut_off_exchange(monkeypatch: pytest.MonkeyPatch) -> object:
    def cut_off(*arguments: object) -> None:
        with monkeypatch.context() as gone:
            gone.setattr(beside, "finish", lambda _: (_ for _ in ()).throw(Retry("gone")))
            beside.exchange(*arguments)  # type: ignore[arg-type]

    return cut_off


@pytest.mark.usefixtures("told")
def test_a_rebuild_that_waits_is_given_up_where_somebody_is_to_be_forgotten(
    delivrd: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as cut_off:
        cut_off.setattr(rebuilding, "standing_still", cut_off_there)
        delivrd.run_here("rebuild", "--all", code=1)
    assert beside_of(delivrd)
    assert b"begin it again" in delivrd.run("forget", "--yes", "+5511900000001").stdout
    assert not beside_of(delivrd)
    assert messages(delivrd) == MANY + 1


def cut_off_there(*_: object) -> None:
    raise Retry("gone")


def beside_of(delivrd: Installation) -> list[object]:
    with closing(delivrd.writer()) as writer:
        return [name for (name,) in writer.query("SELECT name FROM system.databases WHERE name LIKE '%_new'")]


@pytest.mark.usefixtures("told")
def test_a_source_that_the_settings_do_not_name_any_more_is_asked_for(delivrd: Installation) -> None:
    delivrd.configure(RIGHT.replace("[sources.integrax-br]", "[sources.another]"))
    said = delivrd.run("rebuild", "--all", code=1).stderr.decode()
    delivrd.configure(RIGHT)
    assert f": {INTEGRAX}. Made anew" in " ".join(said.split())
    assert not beside_of(delivrd)
    assert messages(delivrd) == MANY + 1


@pytest.mark.usefixtures("told")
def test_what_is_not_kept_any_more_is_told_before_anything_is_done(delivrd: Installation) -> None:
    for file in (delivrd.folder.root / "years").glob("*/*/*.parquet"):
        file.rename(Path(f"{file}.away"))
    said = delivrd.run("rebuild", "--all", code=1).stderr.decode()
    assert f"of {MANY} facts, the oldest of 20" in said
    assert "--lossy" in said
    assert messages(delivrd) == MANY + 1
    assert "records are gone" in rebuild(delivrd, "--lossy")
    assert messages(delivrd) == 1
