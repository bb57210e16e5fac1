"""Whatever a page tells its reader to do works, and is answered as the page shows."""

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, README, ROOT, blocks
from tests.docs.walking import FOLDER, INTERPRETERS, Reader
from tests.support.installation import installed

ADDING = "providers.md"
"""It changes the code itself: `test_adding_a_provider.py`."""
KINDS = {"sh", "sql", "toml", "text", *INTERPRETERS}


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != ADDING], ids=lambda page: page.name)
def test_every_block_does_what_it_says(page: Path, tmp_path: Path) -> None:
    found = blocks(page)
    assert {block.kind for block in found} <= KINDS, "a kind of block that nobody looks at"
    if all(block.kind == "text" for block in found):
        return
    with installed(tmp_path / FOLDER) as installation:
        reader = Reader(installation)
        # The README begins with an empty installation.
        sampled = False
        for block in found:
            if not sampled and (page != README or block.kind == "sql"):
                reader.sends_a_sample()
                sampled = True
            reader.does(block)


@pytest.mark.parametrize("kind", INTERPRETERS)
def test_the_programs_of_the_pages_can_be_run(kind: str) -> None:
    program, _ = INTERPRETERS[kind]
    if not shutil.which(program):
        left_out = [
            block.where for page in PAGES for block in blocks(page) if block.kind == kind and not block.argument
        ]
        pytest.skip(f"there is no {program} here, so that nobody ran {', '.join(left_out)}")


def test_the_readme_answers_ten_questions() -> None:
    found = blocks(README)
    questions = [place for place, block in enumerate(found) if block.kind == "sql"]
    assert len(questions) == 10
    assert all(found[place + 1].argument == "answer" for place in questions)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_twenty_questions_are_answered_in_sql() -> None:
    found = blocks(ROOT / "docs" / "sql.md")
    questions = [place for place, block in enumerate(found) if block.kind == "sql"]
    assert len(questions) == 20
    assert all(found[place + 1].argument == "answer" for place in questions)
