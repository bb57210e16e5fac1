"""The private port: health for whoever reaches it, figures for whoever may see them."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from console.app import create_app

TOKEN = "0123456789abcdef"


class Probe:
    """A worker whose state a test sets."""

    problem = ""

    def __call__(self) -> str:
        return self.problem


def client(probe: Probe, token: str | None = None) -> TestClient[Litestar]:
    return TestClient(create_app(probe, lambda: b"delivrd_reading 1.0\n", "text/plain; version=0.0.4", token))


def test_ready_only_where_the_probe_finds_nothing_wrong() -> None:
    probe = Probe()
    with client(probe) as asking:
        assert asking.get("/readyz").status_code == 200
        probe.problem = "the warehouse does not answer"
        answer = asking.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["reason"] == "the warehouse does not answer"
        assert asking.get("/healthz").status_code == 200


def test_metrics_in_the_form_that_prometheus_asks_for() -> None:
    with client(Probe()) as asking:
        answer = asking.get("/metrics")
    assert answer.text == "delivrd_reading 1.0\n"
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü"]
)
def test_metrics_beyond_loopback_need_the_token(header: str | None) -> None:
    headers = {} if header is None else {"authorization": header.encode()}
    with client(Probe(), TOKEN) as asking:
        answer = asking.get("/metrics", headers=headers)  # type: ignore[arg-type]
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert TOKEN not in answer.text
        assert asking.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert asking.get("/readyz").status_code == 200


@pytest.mark.parametrize("path", ["/", "/schema", "/schema/openapi.json", "/docs", "/metrics/x", "/v1/webhooks/a/b"])
def test_nothing_else_answers(path: str) -> None:
    with client(Probe()) as asking:
        answer = asking.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert asking.post("/metrics").status_code == 405
