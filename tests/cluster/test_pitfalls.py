"""What goes wrong in this field again and again, each on real services, by the way that a report takes."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from consumers.store import _digest
from pipeline.clock import now_ms
from tests.e2e.bodies import INTEGRAX, integrax
from tests.kafka.brokers import Cluster
from tests.support.cluster import ClusterInstallation, installed_on_cluster
from tests.support.installation import post
from tests.support.waiting import until


@pytest.fixture(scope="module")
def delivrd(broker: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterInstallation]:
    with installed_on_cluster(tmp_path_factory.mktemp("pitfalls") / "data", broker, "pitfalls") as installation:
        yield installation


@pytest.fixture(scope="module")
def url(delivrd: ClusterInstallation) -> str:
    return delivrd.urls()[INTEGRAX]


def reported(delivrd: ClusterInstallation) -> int:
    """The messages of the report, which is made of the figures by hour."""
    names, *rows = delivrd.run_here("report", "deliveries", "--since", "24h").decode().splitlines()
    return sum(int(row.split("\t")[names.split("\t").index("messages")]) for row in rows)


def figures(delivrd: ClusterInstallation, prefix: str) -> list[dict[str, Any]]:
    """What the views and reports say of some messages."""
    where = f"WHERE startsWith(message_id, '{prefix}')"
    return [
        *delivrd.sql(
            f"SELECT status, toUInt32(count()) AS n, toUInt32(sum(facts)) AS facts FROM messages {where} GROUP BY 1"
        ),
        *delivrd.sql(f"SELECT toUInt32(count()) AS told FROM events {where}"),
    ]


def test_a_batch_that_is_rejected_is_not_committed_past_by_the_next_success(
    delivrd: ClusterInstallation, url: str
) -> None:
    """The warehouse rejects inserts for a while, records go on coming, and then it takes them."""
    with closing(delivrd.writer()) as writer:
        writer.command("ALTER TABLE events MODIFY SETTING parts_to_throw_insert = 1")
        try:
            for number in range(50):
                assert post(url, integrax(f"rejected-{number}")).status_code == 200
            until(lambda: delivrd.figure("worker", "delivrd_consumer_errors_total"), "an insert was rejected")
        finally:
            writer.command("ALTER TABLE events RESET SETTING parts_to_throw_insert")
    for number in range(50, 100):
        assert post(url, integrax(f"rejected-{number}")).status_code == 200
    audit = delivrd.audit()
    assert audit["received"] == audit["stored"] + audit["repeated"]
    assert figures(delivrd, "rejected-") == [{"status": "delivered", "n": 100, "facts": 100}, {"told": 100}]


def test_no_view_and_no_rollup_counts_rows(delivrd: ClusterInstallation, url: str) -> None:
    """The same reports again, and their very rows inserted again under another token: every figure stays."""
    for _ in range(3):
        for number in range(20):
            assert post(url, integrax(f"rows-{number}")).status_code == 200
    delivrd.audit()
    [messages] = delivrd.sql("SELECT toUInt32(count()) AS n FROM messages")
    until(lambda: reported(delivrd) == messages["n"], "the hour was worked out")
    before = figures(delivrd, "rows-")
    assert before == [{"status": "delivered", "n": 20, "facts": 20}, {"told": 20}]
    with closing(delivrd.writer()) as writer:
        for _ in range(2):
            writer.command("INSERT INTO events SELECT * FROM events")
    assert figures(delivrd, "rows-") == before
    # The next message has the hour worked out anew, and those rows with it.
    assert post(url, integrax("one-more")).status_code == 200
    until(lambda: reported(delivrd) == messages["n"] + 1, "the hour was worked out again")


def test_a_token_never_swallows_other_rows(delivrd: ClusterInstallation) -> None:
    """ClickHouse takes a token once, whatever the rows are: so the consumer's tokens hold a digest of them."""
    rows = [{"id_hash": [1], "message": [message], "home": [now_ms()]} for message in (1, 2)]
    with closing(delivrd.writer()) as writer:
        for row in rows:
            writer.insert("homes", row, token="1-2")
        assert writer.query("SELECT message FROM homes WHERE id_hash = 1") == [(1,)], "this is the trap"
        for row in rows:
            writer.insert("homes", row, token=f"1-2:{_digest(row)}")
        assert set(writer.query("SELECT message FROM homes WHERE id_hash = 1")) == {(1,), (2,)}


def test_a_replay_is_told_apart_from_a_repeat_and_neither_counts_twice(delivrd: ClusterInstallation, url: str) -> None:
    settings = delivrd.folder.config.read_text()
    assert post(url, integrax("again", "NEWWORD")).status_code == 202
    assert post(url, integrax("again", "NEWWORD")).status_code == 202
    delivrd.audit()
    told: list[dict[str, Any]] = [{"status": "unknown", "n": 1, "facts": 1}, {"told": 1}]
    assert figures(delivrd, "again") == told, "the provider's repeat changes nothing"
    delivrd.configure(settings.replace('region = "BR"', 'region = "BR"\nstatuses = { NEWWORD = "rejected" }'))
    delivrd.run("reload")
    delivrd.run("replay")
    delivrd.audit()
    told[0]["status"] = "rejected"
    assert figures(delivrd, "again") == told, "the replay changes what it says, and no count"


def test_what_heals_is_waited_for_what_is_one_rows_is_set_aside_and_what_is_set_up_wrongly_stops(
    delivrd: ClusterInstallation, url: str
) -> None:
    before = delivrd.audit()
    delivrd.kill("engine")
    assert post(url, integrax("kinds-1")).status_code == 200
    assert post(url, b'{"neither": "id nor phone"}').status_code == 202
    healed = delivrd.audit()
    assert (healed["stored"], healed["dead_lettered"]) == (before["stored"] + 1, before["dead_lettered"] + 1)
    with closing(delivrd.writer()) as writer:
        writer.command("RENAME TABLE events TO mislaid")
        assert post(url, integrax("kinds-2")).status_code == 200
        until(lambda: "events" in delivrd.problem("worker"), "the consumer stops, and says why")
        assert delivrd.run("audit", "--json", code=None).returncode == 1
        writer.command("RENAME TABLE mislaid TO events")
    delivrd.run("reload")
    assert delivrd.audit()["stored"] == healed["stored"] + 1
