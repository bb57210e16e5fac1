"""The commands on a cluster: each process says how it is, ends in time, and the others work as with `delivrd up`."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.bodies import INTEGRAX, integrax
from tests.kafka.brokers import Cluster
from tests.support.cluster import ClusterInstallation, installed_on_cluster
from tests.support.installation import post
from tests.support.waiting import until


@pytest.fixture(scope="module")
def delivrd(broker: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterInstallation]:
    with installed_on_cluster(tmp_path_factory.mktemp("commands") / "data", broker, "commands") as installation:
        for number in range(3):
            assert post(installation.urls()[INTEGRAX], integrax(f"one-{number}")).status_code == 200
        assert post(installation.urls()[INTEGRAX], b'{"hello": "world"}').status_code == 202
        installation.audit()
        yield installation


def test_up_says_what_to_do_instead(delivrd: ClusterInstallation) -> None:
    told = delivrd.run("up", code=1).stderr.decode()
    assert "`delivrd receiver`, `delivrd consumer` and `delivrd console`" in told


def test_status(delivrd: ClusterInstallation) -> None:
    lines = delivrd.run("status").stdout.decode().splitlines()
    told = {what: how for what, _, how in (line.partition("\t") for line in lines)}
    assert told["warehouse"] == f"answers, 127.0.0.1:{delivrd.engine.http_port}"
    assert told["pending"] == "0 records"
    assert told["log"] == "4 partitions, none of them behind"
    assert told["spool"].startswith("0 records, ")


def test_what_is_asked_of_log_and_warehouse(delivrd: ClusterInstallation) -> None:
    [found] = json.loads(delivrd.run("explain", "one-1", "--json").stdout)
    assert (found["state"], len(found["tellings"])) == ("delivered", 1)
    until(lambda: b"\t3\t3\t" in delivrd.run_here("report", "deliveries"), "the hour's figures were worked out")
    assert b"unknown_shape" in delivrd.run("dead", "list").stdout
    assert delivrd.run("replay").stdout == b"replayed 3 records\n"
    assert delivrd.audit()["repeated"] == 3
    assert delivrd.run("check").returncode == 0
    assert b"SIGHUP" in super(ClusterInstallation, delivrd).run("reload", code=1).stderr


def test_each_process_has_health_and_figures_of_its_own(delivrd: ClusterInstallation) -> None:
    delivrd.join("console", "console")
    delivrd.wait_ready()
    assert delivrd.figure("intake", "delivrd_requests_total") >= 4
    assert delivrd.figure("worker", "delivrd_chunk_records_total") >= 4
    assert delivrd.figure("worker", "delivrd_requests_total") == 0
    assert delivrd.figure("console", "delivrd_log_pending_records") == 0
    page = httpx.get(f"http://127.0.0.1:{delivrd.private_ports['console']}/", trust_env=False, follow_redirects=True)
    assert page.status_code == 200
    assert delivrd.leave("console") == 0


@pytest.mark.parametrize(("part", "command"), [("intake", "receiver"), ("worker", "consumer")])
def test_an_orderly_end(delivrd: ClusterInstallation, part: str, command: str) -> None:
    began = time.monotonic()
    assert delivrd.leave(part) == 0
    print(f"{command} ended after {time.monotonic() - began:.1f} s")  # noqa: T201 (the stated time is from here)
    delivrd.join(part, command)
    delivrd.wait_ready()


def test_a_consumer_before_the_tables_are_there_says_what_to_do(
    delivrd: ClusterInstallation, broker: Cluster, tmp_path: Path
) -> None:
    new = ClusterInstallation(tmp_path / "data", broker, "commands-new")
    try:
        new.prepare()
        new.writer().command("TRUNCATE TABLE migrations")
        new.join("worker", "consumer")
        _until_it_says(new, "run `delivrd migrate` once")
    finally:
        new.end()


def _until_it_says(installation: ClusterInstallation, words: str) -> None:
    until(lambda: words in installation.problem("worker"), words)
