"""The house stays readable: no module is longer than one can take in at a time."""

from __future__ import annotations

import pytest
from conftest import ROOT

MOST = {"sheetnet": 300, "tests": 400, "benchmarks": 300, "templates": 300}  # lines of a module in each folder


def too_long(folder: str, most: int) -> list[str]:
    """The modules that are too long, each with its number of lines and what to do about it."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py")}
    return [
        f"{path.relative_to(ROOT).as_posix()} has {lines} lines, {lines - most} more than the {most} of a module in "
        f"{folder}: move what belongs together into a module of its own"
        for path, lines in sorted(lengths.items())
        if lines > most
    ]


@pytest.mark.parametrize(("folder", "most"), MOST.items(), ids=MOST)
def test_no_module_is_too_long_to_be_read_at_once(folder: str, most: int) -> None:
    found = too_long(folder, most)
    assert not found, "\n".join(found)


def test_a_module_that_is_too_long_is_named_with_its_lines_and_what_to_do() -> None:
    lines = len((ROOT / "tests" / "test_house.py").read_text(encoding="utf-8").splitlines())
    [said] = [text for text in too_long("tests", lines - 1) if text.startswith("tests/test_house.py ")]
    assert f"has {lines} lines, 1 more than the {lines - 1}" in said
    assert "move what belongs together" in said
