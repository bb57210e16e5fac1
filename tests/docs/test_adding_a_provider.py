"""docs/providers.md, followed to the letter in a copy of the tree, with a stand-in of the API that it speaks of."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import ROOT, Block, blocks
from tests.docs.walking import FOLDER, Reader, write_program
from tests.support.installation import installed

LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "docs", "delivrd-data", "*.egg-info")


class Exemplo(BaseHTTPRequestHandler):
    """The provider that does not exist."""

    def do_GET(self) -> None:
        right = self.path == "/v1/messages/x-18" and self.headers["authorization"] == "Bearer an-example-of-a-token"
        body = json.dumps({"to": "912345679", "state": "FAIL", "why": "SPAM", "at": 1775989800}).encode()
        self.send_response(200 if right else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def api() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Exemplo)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the checkout, from which everything that is started comes."""
    copy = tmp_path / "delivrd"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    monkeypatch.chdir(copy)
    monkeypatch.setenv("PYTHONPATH", str(copy))
    return copy


def changes(block: Block) -> bool:
    """Whether the block changes the tree, rather than being done with the running product."""
    return block.kind == "diff" or (block.kind == "python" and bool(block.argument))


def change(block: Block, tree: Path) -> None:
    if block.kind == "python":
        (tree / block.argument).write_text(block.text, encoding="utf-8")
        return
    done = subprocess.run(["git", "apply", "-"], input=block.text.encode(), cwd=tree, capture_output=True, check=False)
    assert done.returncode == 0, f"{block.where}: {done.stderr.decode()}"


def test_a_fifth_provider_is_added_as_the_page_says(tree: Path, api: str) -> None:
    found = blocks(ROOT / "docs" / "providers.md")
    for block in filter(changes, found):
        change(block, tree)
    with installed(tree / FOLDER) as installation:
        reader = Reader(installation, tree)
        write_program(tree / "bin" / "python", sys.executable)
        for block in found:
            if not changes(block):
                reader.does(block._replace(text=block.text.replace("http://127.0.0.1:9009", api)))


def test_what_the_page_adds_is_as_the_rest_of_the_code(tree: Path) -> None:
    """Its types and its style."""
    for block in filter(changes, blocks(ROOT / "docs" / "providers.md")):
        change(block, tree)
    for check in ("ruff check -q .", "ruff format -q --check .", "mypy schemas pollers"):
        done = subprocess.run(
            [sys.executable, "-m", *check.split()], cwd=tree, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
