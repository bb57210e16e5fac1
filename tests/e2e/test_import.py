"""History from files: through the log, once, however often it is imported and wherever it was cut off."""

import csv
import gzip
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from delivrd.history import Progress
from delivrd.importing import name_of
from delivrd.parts import event_log
from tests.e2e.bodies import INTEGRAX, integrax
from tests.support.installation import Installation
from tests.support.waiting import until

COUNT = 1_200


def events(count: int, name: str = "history") -> list[dict[str, Any]]:
    """Reports of a month ago, in the names of `Event`."""
    return [
        {
            "kind": "report",
            "message_id": f"{name}-{number}",
            "recipient": "",
            "status": "delivered" if number % 4 else "failed",
            "received_at": 1_790_000_000 + number,
            "country": "c01",
            "carrier": "r7",
        }
        for number in range(count)
    ]


@pytest.fixture
def ndjson(tmp_path: Path) -> Path:
    path = tmp_path / "history.ndjson.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(one) + "\n" for one in events(COUNT)).encode()))
    return path


def figures(delivrd: Installation, like: str) -> dict[str, Any]:
    [row] = delivrd.sql(
        "SELECT count() AS messages, sum(facts) AS facts, countIf(is_delivered) AS delivered, any(told_by) AS told_by, "
        f"groupUniqArray((country, carrier)) AS routes FROM messages WHERE message_id LIKE '{like}'"
    )
    return row


def ends(delivrd: Installation) -> list[int]:
    """How far the log reaches, in each partition."""
    with event_log(delivrd.settings()) as log:
        return [part.end for part in log.stats()]


def test_canonical_events_come_in_once_however_often_they_are_imported(delivrd: Installation, ndjson: Path) -> None:
    said = delivrd.run("import", INTEGRAX, str(ndjson)).stdout.decode()
    assert f"imported {COUNT} rows" in said
    expected = {"messages": COUNT, "facts": COUNT, "delivered": COUNT * 3 // 4, "told_by": "import"}
    expected["routes"] = [["c01", "r7"]]
    assert figures(delivrd, "history-%") == expected
    said = delivrd.run("import", INTEGRAX, str(ndjson)).stdout.decode()
    assert f"imported 0 rows, {COUNT} were imported before" in said
    delivrd.run("import", INTEGRAX, str(ndjson), "--again")
    assert figures(delivrd, "history-%") == expected
    assert delivrd.audit()["repeated"] == COUNT


def test_an_import_goes_on_where_it_was_cut_off(delivrd: Installation, ndjson: Path) -> None:
    """As if it had been killed after the first thousand rows: they are in the log, and it is noted that they are."""
    delivrd.run("import", INTEGRAX, str(ndjson), "--again")
    noted = json.loads(delivrd.folder.imports.read_bytes())
    delivrd.folder.imports.write_text(json.dumps({**noted, list(noted)[-1]: 1_000}))
    said = delivrd.run("import", INTEGRAX, str(ndjson)).stdout.decode()
    assert "imported 200 rows, 1000 were imported before" in said
    assert figures(delivrd, "history-%")["messages"] == COUNT


def test_killed_again_and_again_an_import_goes_on_and_counts_each_row_once(
    delivrd: Installation, tmp_path: Path
) -> None:
    """Whatever was appended and not yet noted comes once more, as repeats; what was noted does not."""
    path, rows = tmp_path / "long.ndjson", 20_000
    path.write_text("".join(json.dumps(one) + "\n" for one in events(rows, "long")))
    name = name_of(INTEGRAX, path)

    def killed_beyond(before: int) -> int:
        """How far an import is noted to have come that is killed as soon as that is further than `before`."""
        running = delivrd.begin("import", INTEGRAX, str(path))
        until(lambda: Progress(delivrd.folder.imports).of(name) > before, "more of the file is noted")
        running.kill()
        assert running.wait() == -signal.SIGKILL
        return Progress(delivrd.folder.imports).of(name)

    reached = killed_beyond(killed_beyond(0))
    said = delivrd.run("import", INTEGRAX, str(path)).stdout.decode()
    assert f"imported {rows - reached} rows, {reached} were imported before" in said
    found = figures(delivrd, "long-%")
    assert (found["messages"], found["facts"], found["delivered"]) == (rows, rows, rows * 3 // 4)
    delivrd.audit()


def test_csv_with_other_names_and_a_providers_words(delivrd: Installation, tmp_path: Path) -> None:
    path = tmp_path / "march.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["Msg ID", "Status", "recipient", "When", "Remark"])
        writer.writerow(["0913121206", "UNDELIV", "5511999999999", "2026-10-01 10:00:00", "a, b"])
        writer.writerow(["0913121207", "DELIVRD", "5511999999999", "2026-10-01 10:00:01", ""])
        writer.writerow(["", "DELIVRD", "5511999999999", "", "no id"])
    names = ("message_id=Msg ID", "provider_status=Status", "occurred_at=When")
    maps = [part for name in names for part in ("--map", name)]
    said = delivrd.run("import", INTEGRAX, str(path), *maps).stdout.decode()
    assert "imported 3 rows" in said
    assert "1 of them cannot be read" in said
    rows = delivrd.sql(
        "SELECT message_id, status, provider_status, toString(state_at) AS at FROM messages "
        "WHERE message_id IN ('0913121206', '0913121207') ORDER BY message_id"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("0913121206", "undeliverable", "UNDELIV", "2026-10-01 10:00:00.000"),
        ("0913121207", "delivered", "DELIVRD", "2026-10-01 10:00:01.000"),
    ]


def test_json_of_bodies_as_the_webhook_gets_them(delivrd: Installation, tmp_path: Path) -> None:
    path = tmp_path / "bodies.json"
    path.write_bytes(b"[" + b", ".join(integrax(f"body-{number}") for number in range(3)) + b"]")
    delivrd.run("import", INTEGRAX, str(path))
    assert figures(delivrd, "body-%")["messages"] == 3


@pytest.mark.parametrize(
    ("name", "content", "options", "said"),
    [
        ("a.txt", "x", (), "--format"),
        ("a.csv", "id\n1\n", ("--map", "message_id=Msg"), "no column Msg"),
        ("a.csv", "id\n1\n", ("--map", "msg=id"), "NAME is one of"),
        ("a.json", "[{]", (), "not JSON"),
        ("missing.json", None, (), "missing.json"),
    ],
)
def test_mistakes_are_told_and_nothing_is_kept(
    delivrd: Installation, tmp_path: Path, name: str, content: str | None, options: tuple[str, ...], said: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    before = ends(delivrd)
    told = delivrd.run("import", INTEGRAX, str(path), *options, code=None)
    assert told.returncode != 0
    assert said in told.stderr.decode()
    assert ends(delivrd) == before


def test_an_unknown_source(delivrd: Installation, ndjson: Path) -> None:
    assert "There is no source" in delivrd.run("import", "nobody", str(ndjson), code=2).stderr.decode()
