"""`delivrd reload`: settings and secrets again, without a request lost."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from delivrd.running import Up
from delivrd.serving import read_loaded
from pipeline.settings import Folder
from pipeline.settings.first import write_first
from tests.cli.command import run
from tests.support.installation import Installation, installed, post
from tests.support.waiting import until

REPORT = b'{"messageId":"1","phone":"5215511998765","status":"UNDELIV"}'
NEW = '\n[sources.integrax-mx]\nprovider = "integrax"\nregion = "MX"\n'


FURTHER = """
[archive]
target = "years"

[alerts.targets.nobody]
least = "page"
"""
OTHERS = {"alerter", "archiver"}
"""What runs beside intake and worker: it must not end where a signal reaches all."""


@pytest.fixture
def delivrd(tmp_path: Path) -> Iterator[Installation]:
    folder = Folder(tmp_path / "data")
    folder.root.mkdir()
    write_first(folder)
    for file, more in (
        (folder.config, FURTHER),
        (folder.secrets, '[alerts.targets.nobody]\nurl = "json://127.0.0.1:9/nobody-listens"\n'),
    ):
        file.write_text(f"{file.read_text()}\n{more}")
    with installed(folder.root) as installation:
        yield installation


def test_sources_secrets_and_mistakes(delivrd: Installation) -> None:
    old = delivrd.urls()["integrax-br"]
    right = delivrd.folder.config.read_text()

    delivrd.configure(right + NEW.replace("MX", "MXX"))
    refused = delivrd.run_apart("reload", code=1).stderr.decode()
    assert "sources.integrax-mx.region" in refused
    assert post(old, REPORT).status_code == 200

    delivrd.configure(right + NEW)
    assert b"integrax-mx" in delivrd.run_apart("reload").stdout
    assert post(delivrd.urls()["integrax-mx"], REPORT).status_code == 200
    sql = "SELECT country FROM messages WHERE source = 'integrax-mx'"
    until(lambda: delivrd.sql(sql) == [{"country": "MX"}], "read with its region")

    rotated = "rotated-0123456789abcdef"
    secret = old.rsplit("/", 1)[1]
    text = delivrd.folder.secrets.read_text()
    delivrd.folder.secrets.write_text(text.replace(f'"{secret}"', f'["{rotated}", "{secret}"]'))
    delivrd.run_apart("reload")
    new = delivrd.urls()["integrax-br"]
    assert new == old.replace(secret, rotated)
    assert [post(url, REPORT).status_code for url in (old, new)] == [200, 200]

    delivrd.folder.secrets.write_text(text.replace(secret, rotated))
    delivrd.run_apart("reload")
    assert [post(url, REPORT).status_code for url in (old, new)] == [404, 200]

    before = read_loaded(delivrd.folder, "worker")
    up = msgspec.json.decode(delivrd.folder.up.read_bytes(), type=Up)
    os.kill(up.pid, signal.SIGHUP)
    until(lambda: read_loaded(delivrd.folder, "worker") != before, "the supervisor passes it on")
    parts = msgspec.json.decode(delivrd.folder.up.read_bytes(), type=Up).parts
    assert set(parts) >= OTHERS
    assert {part.restarts for part in parts.values()} == {0}


async def test_no_request_is_lost_meanwhile(delivrd: Installation) -> None:
    url = delivrd.urls()["integrax-br"]
    enough = asyncio.Event()
    answers: list[int] = []

    async def send(client: httpx.AsyncClient) -> None:
        while not enough.is_set():
            answers.append((await client.post(url, content=REPORT)).status_code)

    async with httpx.AsyncClient(timeout=30) as client:
        senders = [asyncio.create_task(send(client)) for _ in range(4)]
        for _ in range(3):
            await asyncio.to_thread(delivrd.run_apart, "reload")
        enough.set()
        await asyncio.gather(*senders)
    assert set(answers) == {200}


def test_without_anything_running(tmp_path: Path) -> None:
    told = run("reload", data=tmp_path)
    assert told.returncode == 1
    assert "delivrd up" in told.stderr
