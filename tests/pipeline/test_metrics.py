"""The metrics of several processes are one whole, and a killed process loses none."""

import signal
import subprocess
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from pipeline import metrics

SHARE = """
import pathlib, sys
from pipeline.metrics_files import share
assert share(pathlib.Path(sys.argv[1]), sys.argv[2])
"""
COUNT = f"""{SHARE}
from pipeline import metrics
metrics.answered("integrax-br", 200).inc()
metrics.answered("", 404).inc()
metrics.request_bytes.labels("integrax-br").inc(100)
metrics.chunk_stored(dict(stored=3, repeated=1))
metrics.append_seconds.observe(0.002)
metrics.reading.set(int(sys.argv[3]))
print("counted", flush=True)
import signal; signal.pause()
"""


def test_processes_add_up_and_a_killed_one_counts_on_when_it_is_back(tmp_path: Path) -> None:
    for part, reading in (("intake", "1"), ("worker", "2"), ("intake", "3")):
        with subprocess.Popen(
            [sys.executable, "-c", COUNT, str(tmp_path), part, reading], stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"counted\n"
            child.send_signal(signal.SIGKILL)
    found = _samples(metrics.exposition(tmp_path))
    assert found["delivrd_requests_total", "integrax-br", "200"] == 3
    assert found["delivrd_requests_total", "", "404"] == 3
    assert found["delivrd_request_bytes_total", "integrax-br"] == 300
    assert found["delivrd_chunk_records_total", "stored"] == 9
    assert found["delivrd_append_seconds_count",] == 3
    assert found["delivrd_reading",] == 3
    assert len(list(tmp_path.iterdir())) == 6


def test_the_files_have_their_room_before_the_disk_is_full(tmp_path: Path) -> None:
    program = (
        f"{SHARE}\nfrom pipeline import metrics\nfor n in range(300): metrics.answered(f'source-{{n}}', 503).inc()"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path), "intake"], check=True, timeout=60)
    files = list(tmp_path.iterdir())
    assert len(files) == 3
    for file in files:
        assert file.stat().st_blocks * 512 >= file.stat().st_size == 128 * 1024


def test_without_room_for_the_files_the_figures_stay_in_the_process(tmp_path: Path) -> None:
    (tmp_path / "counter_intake.db").mkdir()
    program = f"{SHARE.replace('assert', 'assert not')}\nfrom pipeline import metrics\n"
    program += "metrics.answered('integrax-br', 200).inc(); assert b'integrax-br' in metrics.exposition()"
    subprocess.run([sys.executable, "-c", program, str(tmp_path), "intake"], check=True, timeout=60)


def test_every_metric_has_a_meaning_a_name_of_ours_and_is_text_that_prometheus_reads() -> None:
    families = list(text_string_to_metric_families(metrics.exposition().decode()))
    ours = [family for family in families if not family.name.startswith(("python_", "process_"))]
    assert ours
    for family in ours:
        assert family.name.startswith("delivrd_")
        assert family.documentation.endswith(".")


def _samples(text: bytes) -> dict[tuple[str, ...], float]:
    return {
        (
            sample.name,
            *(sample.labels[name] for name in ("source", "code", "outcome") if name in sample.labels),
        ): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }
