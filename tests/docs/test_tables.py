"""The tables of docs/ name what there is, and all of it."""

import re
from collections.abc import Iterable
from importlib import import_module

import msgspec
from prometheus_client import REGISTRY

from consumers.audit import Report
from pipeline.settings.environment import paths
from pipeline.settings.models import SourceSettings, keys_of, sections
from pipeline.settings.polling import PollSettings
from schemas.canonical import NAMES
from schemas.providers.aatrox import STATUSES as AATROX
from schemas.providers.integrax import STATUSES as INTEGRAX
from schemas.providers.smsgateway24 import FAMILIES, STATUSES
from schemas.sent import FIELDS
from schemas.status import FINAL_RANK, RANK, Family, Status
from tests.docs.pages import INSTALLED, PAGES, ROOT, table

SOURCES = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
SUBMISSIONS = (ROOT / "docs" / "submissions.md").read_text(encoding="utf-8")
HISTORY = (ROOT / "docs" / "history.md").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def quoted(cells: Iterable[str]) -> list[str]:
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def first(content: str, header: str) -> set[str]:
    return set(quoted(row[0] for row in table(content, header)))


def test_the_keys_of_a_source() -> None:
    assert first(SOURCES, "| key | meaning | without it |") == set(keys_of(SourceSettings))
    assert first(SOURCES, "| key of `poll` | meaning | without it |") == set(keys_of(PollSettings))


def test_the_other_keys() -> None:
    known = {f"{section}.{key}" for section, model in sections().items() for key in keys_of(model)}
    assert first(SOURCES, "| key | meaning | default |") == known


def test_the_variables() -> None:
    known = set(paths(["integrax-br"])) | {"DELIVRD_DATA", "DELIVRD_CONFIG"}
    assert first(SOURCES, "| variable |") <= known


def test_the_ranks() -> None:
    shown = {name: int(rank) for rank, names, _ in table(SOURCES, "| rank |") for name in quoted([names])}
    assert shown == {status.value: rank for status, rank in RANK.items() if status}


def test_the_statuses_of_integrax_and_aatrox() -> None:
    for provider, known in (("Integrax", INTEGRAX), ("Aatrox", AATROX)):
        rows = table(SOURCES, f"| {provider} |")
        assert {word: Status(status) for word, status in map(quoted, rows)} == known


def test_the_statuses_of_smsgateway24() -> None:
    rows = [quoted(row) for row in table(SOURCES, "| SmsGateway24 |")]
    assert {row[0]: Status(row[1]) for row in rows} == STATUSES
    failed = {row[0]: Family(row[2]) for row in rows if len(row) > 2}
    assert {code: family for code, family in failed.items() if family is not Family.UNKNOWN} == FAMILIES
    assert all(
        (FINAL_RANK <= RANK[status] < RANK[Status.DELIVERED]) == (code in failed) for code, status in STATUSES.items()
    )


def test_the_fields_of_a_submission() -> None:
    assert first(SUBMISSIONS, "| field | meaning |") == set(FIELDS)


def test_the_names_of_an_imported_event() -> None:
    assert first(HISTORY, "| name | meaning |") == set(NAMES)


def test_the_metrics() -> None:
    import_module("pipeline.metrics")
    known = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in REGISTRY.collect()
        if family.name.startswith("delivrd_")
    }
    assert first(OPERATING, "| metric |") == known


def test_the_outcomes_of_an_audit() -> None:
    known = {field.name for field in msgspec.structs.fields(Report) if field.type is int}
    assert first(OPERATING, "| outcome |") == known


def test_the_reasons_of_dead_letters() -> None:
    """Those that the code can give: `Unreadable("<reason>"`."""
    files = [file for folder in ("schemas", "consumers") for file in (INSTALLED / folder).rglob("*.py")]
    code = [file.read_text(encoding="utf-8") for file in files]
    given = {reason for text in code for reason in re.findall(r'Unreadable\(\s*"(\w+)"', text)}
    assert first(OPERATING, "| reason |") == given


def test_every_path_exists() -> None:
    for page in PAGES:
        for path in re.findall(r"`([a-z_0-9]+/[\w/.]*)`", page.read_text(encoding="utf-8")):
            if not path.startswith(("delivrd-data", "engine/", "run/")):
                assert (ROOT / path).exists() or (INSTALLED / path).exists(), f"{page.name}: {path}"
