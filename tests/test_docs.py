"""The README is short, and leads to the pages beside it; no link of either leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "samples" / "README.md"]
MOST_LINES = 350


def links(page: Path) -> set[str]:
    """Where the links and pictures of a page lead on this disk."""
    found = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    return {one.partition("#")[0] for one in found if not one.startswith(("https:", "http:", "#"))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    assert page.exists()
    assert [one for one in sorted(links(page)) if not (page.parent / one).exists()] == []


def test_the_readme_is_short_and_leads_to_every_page_beside_it() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    assert {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")} <= links(README)
