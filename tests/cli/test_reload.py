"""`delivrd reload`: settings and secrets again, without a request lost."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from delivrd.running import Up
from tests.cli.command import run
from tests.support.installation import Installation, installed, post
from tests.support.waiting import until

REPORT = b'{"messageId":"1","phone":"5215511998765","status":"UNDELIV"}'
NEW = '\n[sources.integrax-mx]\nprovider = "integrax"\nregion = "MX"\n'


@pytest.fixture
def delivrd(tmp_path: Path) -> Iterator[Installation]:
    with installed(tmp_path / "data") as installation:
        yield installation


def test_sources_secrets_and_mistakes(delivrd: Installation) -> None:
    old = delivrd.urls()["integrax-br"]
    right = delivrd.folder.config.read_text()

    delivrd.configure(right + NEW.replace("MX", "MXX"))
    refused = delivrd.run("reload", code=1).stderr.decode()
    assert "sources.integrax-mx.region" in refused
    assert post(old, REPORT).status_code == 200

    delivrd.configure(right + NEW)
    assert b"integrax-mx" in delivrd.run("reload").stdout
    assert post(delivrd.urls()["integrax-mx"], REPORT).status_code == 200
    sql = "SELECT country FROM messages WHERE source = 'integrax-mx'"
    until(lambda: delivrd.sql(sql) == [{"country": "MX"}], "read with its region")

    rotated = "rotated-0123456789abcdef"
    secret = old.rsplit("/", 1)[1]
    text = delivrd.folder.secrets.read_text()
    delivrd.folder.secrets.write_text(text.replace(f'"{secret}"', f'["{rotated}", "{secret}"]'))
    delivrd.run("reload")
    new = delivrd.urls()["integrax-br"]
    assert new == old.replace(secret, rotated)
    assert [post(url, REPORT).status_code for url in (old, new)] == [200, 200]

    delivrd.folder.secrets.write_text(text.replace(secret, rotated))
    delivrd.run("reload")
    assert [post(url, REPORT).status_code for url in (old, new)] == [404, 200]
    parts = msgspec.json.decode(delivrd.folder.up.read_bytes(), type=Up).parts
    assert [part.restarts for part in parts.values()] == [0, 0, 0]


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
            await asyncio.to_thread(delivrd.run, "reload")
        enough.set()
        await asyncio.gather(*senders)
    assert set(answers) == {200}


def test_without_anything_running(tmp_path: Path) -> None:
    told = run("reload", data=tmp_path)
    assert told.returncode == 1
    assert "delivrd up" in told.stderr
