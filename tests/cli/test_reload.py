"""`delivrd reload`: settings and secrets again, without a request lost."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.delivrd import Running, eventually, run, running

REPORT = '{"messageId":"1","phone":"5215511998765","status":"UNDELIV"}'


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "data") as started:
        yield started


def test_sources_secrets_and_mistakes(up: Running) -> None:
    old = run("urls", "integrax-br", data=up.data).stdout.strip()
    right = up.folder.config.read_text()

    up.folder.config.write_text(right + '\n[sources.integrax-mx]\nprovider = "integrax"\nregion = "MXX"\n')
    refused = run("reload", data=up.data)
    assert refused.returncode == 1
    assert "sources.integrax-mx.region" in refused.stderr
    assert httpx.post(old, content=REPORT).status_code == 200

    up.folder.config.write_text(right + '\n[sources.integrax-mx]\nprovider = "integrax"\nregion = "MX"\n')
    taken = run("reload", data=up.data)
    assert taken.returncode == 0, taken.stderr
    assert "integrax-mx" in taken.stdout
    new = run("urls", "integrax-mx", data=up.data).stdout.strip()
    assert httpx.post(new, content=REPORT).status_code == 200
    sql = "SELECT recipient FROM messages WHERE source = 'integrax-mx'"
    eventually("read with its region", lambda: run("sql", sql, data=up.data).stdout.startswith("+52"))

    rotated = "rotated-0123456789abcdef"
    text = up.folder.secrets.read_text()
    secret = old.rsplit("/", 1)[1]
    up.folder.secrets.write_text(text.replace(f'"{secret}"', f'["{rotated}", "{secret}"]'))
    assert run("reload", data=up.data).returncode == 0
    assert run("urls", "integrax-br", data=up.data).stdout.strip().endswith(rotated)
    for url in (old, old.replace(secret, rotated)):
        assert httpx.post(url, content=REPORT).status_code == 200
    up.folder.secrets.write_text(text.replace(secret, rotated))
    assert run("reload", data=up.data).returncode == 0
    assert httpx.post(old, content=REPORT).status_code == 404
    assert [part.restarts for part in up.up.parts.values()] == [0, 0, 0]


async def test_no_request_is_lost_meanwhile(up: Running) -> None:
    url = run("urls", "integrax-br", data=up.data).stdout.strip()
    enough = asyncio.Event()
    answers: list[int] = []

    async def send(client: httpx.AsyncClient) -> None:
        while not enough.is_set():
            answers.append((await client.post(url, content=REPORT)).status_code)

    async with httpx.AsyncClient(timeout=30) as client:
        senders = [asyncio.create_task(send(client)) for _ in range(4)]
        for _ in range(3):
            assert (await asyncio.to_thread(run, "reload", data=up.data)).returncode == 0
        enough.set()
        await asyncio.gather(*senders)
    assert set(answers) == {200}


def test_without_anything_running(tmp_path: Path) -> None:
    told = run("reload", data=tmp_path)
    assert told.returncode == 1
    assert "delivrd up" in told.stderr
