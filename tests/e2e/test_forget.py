"""A person who is forgotten is nowhere any more, and no figure moves, then or later."""

import json
import os
import subprocess
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from delivrd import appending
from delivrd.heeding import heeding, let_write
from delivrd.parts import archive_of, event_log
from pipeline.archive.archive import Archive
from pipeline.archive.files import ArchiveFile
from pipeline.archive.listing import end_of
from pipeline.sqlfiles import load_sql
from schemas.forgotten import Forgotten
from schemas.record import Record
from tests.e2e.bodies import INTEGRAX, SMSGATEWAY24
from tests.services import work_out
from tests.support.bytes_on_disk import files_with
from tests.support.cluster import ClusterInstallation
from tests.support.installation import DELIVRD, Installation, post
from tests.support.waiting import until

NUMBER, SPELLED, NATIONAL = "+5511912345678", "+55 (11) 91234-5678", "11912345678"
DIGITS = NUMBER[1:]
OTHER = "+5511888880020"
CONFIGURED = """
[sources.integrax-br]
provider = "integrax"
region = "BR"
"""
SETTINGS = f"""{CONFIGURED}
[archive]
target = "archive"
after = "1s"

[sources.smsgateway24]
provider = "smsgateway24"
region = "BR"
store_text = true

[sources.ugsms]
provider = "ugsms"
region = "BR"
"""
FIGURES = (
    "SELECT * EXCEPT (recipient, sender, customer_ref, error_text) FROM messages ORDER BY ALL",
    "SELECT * EXCEPT (recipient, sender, customer_ref, error_text, text) FROM events ORDER BY ALL",
    "SELECT * EXCEPT (recipient, sender, text) FROM inbound ORDER BY ALL",
    "SELECT * EXCEPT (as_of, error_text, from_submission, from_first_sight) FROM deliveries ORDER BY ALL",
    "SELECT * EXCEPT (as_of, error_text, from_submission, from_first_sight) FROM deliveries_daily ORDER BY ALL",
)
LATE = {"messageId": "f-1", "phone": SPELLED, "status": "DELIVRD"}


def submissions(url: str) -> str:
    return url.replace("/webhooks/", "/submissions/", 1)


def incoming(message_id: int, sender: str, text: str) -> dict[str, Any]:
    told = {"date": "2026-03-29 12:50:11", "device_id": 7, "type": "text"}
    return {**told, "address": sender, "body": text, "sms_id": message_id}


@pytest.fixture(scope="module")
def lived(delivrd: Installation) -> Installation:
    """Where the person was written to, wrote, and was named, in many spellings, between others."""
    delivrd.configure(SETTINGS)
    delivrd.run("reload")
    urls = delivrd.urls()
    integrax, phones, sent = urls[INTEGRAX], urls[SMSGATEWAY24], submissions(urls[INTEGRAX])
    failed = {"recipient": OTHER, "status": "failed"}
    bodies: list[tuple[str, dict[str, Any]]] = [
        (integrax, {"messageId": "f-1", "phone": DIGITS, "status": "UNDELIV"}),
        (integrax, LATE),
        (integrax, {"messageId": "f-2", "phone": f"00{DIGITS}", "status": "EXPIRED"}),
        (integrax, {"messageId": "f-3", "phone": NATIONAL, "status": "DELIVRD"}),
        (integrax, {"messageId": "o-1", "phone": OTHER, "status": "DELIVRD"}),
        (phones, incoming(81, NUMBER, "my secret")),
        (phones, incoming(82, OTHER, f"ask {SPELLED}")),
        (phones, incoming(83, OTHER, "hello")),
        (sent, {"message_id": "f-1", "recipient": NUMBER, "customer_ref": "patient-77"}),
        (sent, {**failed, "message_id": "f-4", "recipient": NUMBER, "error_text": f"{SPELLED} is barred"}),
        (sent, {**failed, "message_id": "o-2", "error_text": f"{DIGITS} is not {OTHER}"}),
        (sent, {**failed, "message_id": "o-3", "error_text": "barred"}),
        (submissions(urls["ugsms"]), {"message_id": "b-1", "recipients": [NUMBER, OTHER], "customer_ref": "bulk"}),
    ]
    for url, body in bodies:
        assert post(url, json.dumps(body).encode()).status_code == 200
    escaped = "".join(f"\\u00{ord(digit):x}" for digit in DIGITS)
    for odd in (SPELLED, escaped, "of somebody else"):
        assert post(integrax, f'{{"odd": "{odd}"}}'.encode()).status_code == 202
    delivrd.audit()
    archive_all(delivrd)
    with archive_of(delivrd.settings()) as archive:
        assert archive
        [file, *_] = [file for those in archive.files().values() for file in those]
    cut_off = delivrd.folder.root / "archive" / f"{file.name}.1.new"
    cut_off.write_text(f"of an archiver that was killed: {DIGITS}")
    return delivrd


def archive_all(delivrd: Installation) -> None:
    """What is in the log is in the archive as well, as soon as it is of age."""
    with event_log(delivrd.settings()) as log, archive_of(delivrd.settings()) as archive:
        assert archive
        ends = {(part.log_id, part.partition): part.end for part in log.stats() if part.first < part.end}

        def done() -> bool:
            delivrd.run_here("archive")
            there = archive.files()
            return all(end_of(there.get(partition, ())) == end for partition, end in ends.items())

        until(done, "all is in the archive")


def figures(delivrd: Installation) -> list[list[dict[str, Any]]]:
    """All that is counted, worked out now."""
    with closing(delivrd.writer()) as writer:
        work_out(writer)
    return [delivrd.sql(query) for query in FIGURES]


def folders(delivrd: Installation) -> Iterator[Path]:
    yield delivrd.folder.root
    if isinstance(delivrd, ClusterInstallation):
        yield delivrd.engine.folder


WORDS = [word.encode() for word in (DIGITS, NATIONAL, SPELLED, "my secret", "patient-77")]
"""The number, and what was the person's."""


def files(delivrd: Installation) -> list[str]:
    """Those that hold any of WORDS, the archive's unpacked as well."""
    found = [file for folder in folders(delivrd) for word in WORDS for file in files_with(folder, word)]
    return found + archived(delivrd)


def archived(delivrd: Installation, words: Sequence[bytes] = WORDS) -> list[str]:
    with archive_of(delivrd.settings()) as archive:
        assert archive
        names = [file for those in archive.files().values() for file in those]
        assert names
        texts = {file.name: b"\n".join(one.record.body for one in archive.read(file)) for file in names}
    return [name for name, text in texts.items() if any(word in text for word in words)]


def forget(delivrd: Installation, *options: str) -> str:
    return delivrd.run("forget", SPELLED, "--yes", *options).stdout.decode()


def test_nothing_of_the_person_is_left_and_no_figure_moved(lived: Installation) -> None:
    before, audited = figures(lived), lived.audit()
    assert any("store" in file for file in files(lived)), "the search finds what the engine has"
    assert archived(lived)
    said = forget(lived)
    assert figures(lived) == before
    assert files(lived) == []
    after = lived.audit()
    assert {name: after[name] for name in ("received", "stored", "repeated")} == {
        name: audited[name] for name in ("received", "stored", "repeated")
    }
    assert (after["dead_lettered"], after["forgotten"]) == (audited["dead_lettered"] - 2, 2)
    assert ("Kafka: topic " in said) is isinstance(lived, ClusterInstallation)


def test_others_keep_what_is_theirs(lived: Installation) -> None:
    assert {row["recipient"] for row in lived.sql("SELECT recipient FROM messages WHERE message_id LIKE 'o-%'")} == {
        OTHER
    }
    texts = {row["message_id"]: row["text"] for row in lived.sql("SELECT message_id, text FROM inbound")}
    assert (texts["81"], texts["83"]) == ("", "hello")
    assert texts["82"].startswith("ask forgotten-")
    [bulk] = lived.sql("SELECT customer_ref FROM messages WHERE message_id = 'b-1' AND recipient LIKE '+%'")
    assert bulk == {"customer_ref": "bulk"}
    [odd] = lived.sql("SELECT body FROM dead_letters WHERE state = 'open'")
    assert "somebody else" in odd["body"]


def test_what_comes_later_brings_nothing_back(lived: Installation) -> None:
    before = figures(lived)
    urls = lived.urls()
    assert post(urls[INTEGRAX], json.dumps(LATE).encode()).status_code == 200
    assert post(urls[INTEGRAX], f'{{"odd": "{SPELLED}"}}'.encode()).status_code == 202
    lived.audit()
    lived.run("replay")
    lived.audit()
    assert figures(lived) == before
    news = {"messageId": "f-9", "phone": NATIONAL, "status": "DELIVRD"}
    assert post(urls[INTEGRAX], json.dumps(news).encode()).status_code == 200
    lived.audit()
    [new] = lived.sql("SELECT DISTINCT recipient, country FROM messages WHERE message_id IN ('f-1', 'f-9')")
    assert (new["recipient"][:10], new["country"]) == ("forgotten-", "BR")
    with without_its_source(lived):
        archive_all(lived)
        assert {file.split("/")[0] for file in files(lived)} <= {"log.db", "log.db-wal"}, "as it came"
        said = forget(lived)
    assert "is on it already" in said
    assert "0 events of 0 messages anonymized, 0 dead letters emptied, the figures of 0 days" in said
    assert files(lived) == []


@contextmanager
def without_its_source(delivrd: Installation) -> Iterator[None]:
    """What came of a source that is not configured any more is told by the region that it had."""
    delivrd.configure(SETTINGS.replace(CONFIGURED, ""))
    try:
        yield
    finally:
        delivrd.configure(SETTINGS)


def told_of(delivrd: Installation, number: str, message_id: str) -> None:
    body = {"messageId": message_id, "phone": number, "status": "DELIVRD"}
    assert post(delivrd.urls()[INTEGRAX], json.dumps(body).encode()).status_code == 200
    delivrd.audit()


def test_a_replay_that_is_under_way_brings_nothing_back(lived: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    number = "+5531987654321"
    told_of(lived, number, "r-1")

    def late(records: Iterable[Record]) -> Iterator[list[Record]]:
        made = list(records)
        lived.run("forget", number, "--yes")
        yield made

    monkeypatch.setattr(appending, "batches", late)
    lived.run_here("replay", "--anew")
    lived.audit()
    assert [file for folder in folders(lived) for file in files_with(folder, number[1:].encode())] == []


def test_who_forgets_waits_for_those_who_do_not_know_it_yet(lived: Installation) -> None:
    if isinstance(lived, ClusterInstallation):
        pytest.skip("on a cluster nobody waits: nothing can be taken out of the topic")
    with ThreadPoolExecutor(1) as pool, closing(lived.writer()) as store:
        with heeding(lived.settings(), store):
            forgetting = pool.submit(let_write, lived.settings())
            assert wait([forgetting], 0.2).not_done
        forgetting.result()


def test_who_is_forgotten_while_a_file_is_written_is_not_in_it(
    lived: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also on another machine, where nobody waits for the archiver."""
    number = "+5531976543210"
    told_of(lived, number, "r-2")
    write = Archive.write
    put: list[str] = []

    def put_on_list_meanwhile(*arguments: Any) -> ArchiveFile:
        if number[1:] in str(arguments[-1]):
            key = Forgotten(lived.settings().forget.key or "")
            with closing(lived.writer()) as store:
                store.command(load_sql("forget/list"), {"number": key.hash_of(number), "check": key.check})
            put.append(number)
        return write(*arguments)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Archive, "write", put_on_list_meanwhile)
        archive_all(lived)
    assert put == [number]
    assert archived(lived, [number[1:].encode()]) == []


def test_killed_and_under_traffic_it_is_done_once_it_is_done(lived: Installation) -> None:
    """What the consumer has in its hands when the number is put on the list is found as well."""
    number, url = "+5521998765432", lived.urls()[INTEGRAX]
    ended = threading.Event()
    told: list[dict[str, str]] = []

    def go_on() -> None:
        while not ended.is_set():
            body = {"messageId": f"t-{len(told)}", "phone": number, "status": "DELIVRD"}
            assert post(url, json.dumps(body).encode()).status_code == 200
            told.append(body)

    with ThreadPoolExecutor(1) as pool:
        traffic = pool.submit(go_on)
        until(lambda: len(told) > 50, "some are in")
        command = [*DELIVRD, "forget", number, "--yes", "--data", str(lived.folder.root)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **lived.environment}) as process:
            assert process.stdout
            assert process.stdout.readline().startswith(b"list:")
            process.kill()
        lived.run("forget", number, "--yes")
        ended.set()
        traffic.result()
    lived.audit()
    engine = [one for folder in folders(lived) for one in files_with(folder, number[1:].encode()) if "/store/" in one]
    assert engine == []
    [count] = lived.sql(
        "SELECT toUInt32(count()) AS all, toUInt32(uniqExact(recipient)) AS names, any(recipient) AS name "
        "FROM messages WHERE message_id LIKE 't-%'"
    )
    assert (count["all"], count["names"], count["name"][:10]) == (len(told), 1, "forgotten-")


def test_it_has_to_be_a_number_and_meant(lived: Installation) -> None:
    assert b"country's code" in lived.run("forget", "11 91234-5678", "--yes", code=2).stderr
    refused = lived.run("forget", SPELLED, code=2)
    assert b"--yes" in refused.stderr
    assert NATIONAL.encode() not in refused.stderr
