"""What every test may use, how hypothesis searches, and the search for secrets in what tests print and log."""

import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.kafka.shared import broker
from tests.services import engine
from tests.shards import served, shards
from tests.support.leaks import is_seen

# Each process of a run has one engine, one pair of shards and one broker, from the first test that wants it on. A
# folder's conftest that imported them would have its own.
__all__ = ["broker", "engine", "served", "shards"]

TESTS = Path(__file__).parent
SLOW_FIRST = ("e2e", "cluster", "docs", "kafka", "cli", "warehouse", "deploy", "browser", "spool", "consumers")
"""Folders whose files take long, so that no process is left alone with one of them in the end."""

# A suite that all must pass tries the same examples everywhere; the long runs in tests/torture search at random.
# How long an example takes says how busy the machine is, and nothing of delivrd.
settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The folders of SLOW_FIRST in their order, then all others."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    folder = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
    return SLOW_FIRST.index(folder) if folder in SLOW_FIRST else len(SLOW_FIRST)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test whose output or log lines show a secret has failed."""
    report = yield
    seen = [title for title, text in report.sections if is_seen(text)]
    if seen and report.when == "teardown" and report.passed:
        report.outcome, report.longrepr = "failed", f"{item.nodeid}: a secret stands in: {', '.join(seen)}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _no_metric_shows_a_secret() -> Iterator[None]:
    """Of all that the tests of this process have counted."""
    yield
    if "pipeline.metrics" in sys.modules:
        from prometheus_client import generate_latest

        assert not is_seen(generate_latest().decode())
