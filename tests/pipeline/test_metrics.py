"""The metrics of several processes are one whole, and a killed process loses none."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from pipeline import metrics

COUNT = """
from pipeline import metrics
metrics.answered("integrax-br", 200).inc()
metrics.answered("", 404).inc()
metrics.kept_bytes("integrax-br").inc(100)
metrics.chunk_stored({"stored": 3, "repeated": 1})
metrics.append_seconds.observe(0.002)
metrics.reading.set(%d)
print("counted", flush=True)
import signal; signal.pause()
"""


def test_processes_add_up_and_a_killed_one_loses_nothing(tmp_path: Path) -> None:
    for reading in (1, 2):
        with subprocess.Popen(
            [sys.executable, "-c", COUNT % reading],
            env={**os.environ, metrics.MULTIPROCESS_DIR: str(tmp_path)},
            stdout=subprocess.PIPE,
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"counted\n"
            child.send_signal(signal.SIGKILL)
    found = _samples(metrics.exposition(str(tmp_path)))
    assert found["delivrd_requests_total", "integrax-br", "200"] == 2
    assert found["delivrd_requests_total", "", "404"] == 2
    assert found["delivrd_request_bytes_total", "integrax-br"] == 200
    assert found["delivrd_chunk_records_total", "stored"] == 6
    assert found["delivrd_append_seconds_count",] == 2
    assert found["delivrd_reading",] == 2


def test_every_metric_has_a_meaning_a_name_of_ours_and_is_text_that_prometheus_reads() -> None:
    families = list(text_string_to_metric_families(metrics.exposition(None).decode()))
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
