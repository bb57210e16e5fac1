"""The adapters, fuzzed by atheris for some minutes from the documented bodies on."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.bodies import documented

pytestmark = [pytest.mark.torture, pytest.mark.timeout(600)]
SECONDS = 180
PROVIDERS = ("integrax", "smsgateway24")
FOLDERS = (*PROVIDERS, *(f"{provider}/answers" for provider in (*PROVIDERS, "aatrox", "ugsms")))


def test_no_bytes_make_an_adapter_fail(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris has no build for this machine")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, body in enumerate([body for folder in FOLDERS for body in documented(folder)]):
        (corpus / str(number)).write_bytes(body)
        (corpus / f"{number}-list").write_bytes(b"[" + body + b"," + body + b"]")
    command = [sys.executable, "-m", "tests.torture.fuzz_adapters", f"-max_total_time={SECONDS}", "-max_len=4096"]
    done = subprocess.run(
        [*command, f"-artifact_prefix={tmp_path}/", str(corpus)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
