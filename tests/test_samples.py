"""The workbooks in samples/ are what the program makes today, byte by byte, and proven by every engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SAMPLES

import sheetnet
from sheetnet.case import template

PICTURES = ("overview.png", "chinese.png", "learning.png", "page.png")  # of the README


def test_there_is_a_sample_of_the_first_two_templates() -> None:
    names = sorted(path.stem for path in SAMPLES.glob("*.xlsx"))
    assert names == ["by-hand", "detective"]
    assert set(names) <= set(template.names())


@pytest.mark.parametrize("name", ["by-hand", "detective"])
def test_a_sample_is_rebuilt_to_the_byte(made: dict[str, Path], name: str) -> None:
    same = made[name].read_bytes() == (SAMPLES / f"{name}.xlsx").read_bytes()
    assert same, "make samples, and look at what changed"


@pytest.mark.parametrize("engine", ["formualizer", "libreoffice", "gnumeric", "stored"])
@pytest.mark.parametrize("name", ["by-hand", "detective"])
def test_a_sample_is_proven(name: str, engine: str, needs: Callable[[str], None]) -> None:
    if engine in ("libreoffice", "gnumeric"):
        needs(engine)
    report = sheetnet.verify(SAMPLES / f"{name}.xlsx", engine=engine)
    assert report.proven, "\n".join(report.lines())


@pytest.mark.parametrize(("name", "photo"), [("detective", SAMPLES / "astronaut.png"), ("digits", None)])
def test_a_page_is_rebuilt_to_the_byte(name: str, photo: Path | None, tmp_path: Path) -> None:
    made = sheetnet.page(photo, tmp_path / "page.html", template=name)
    assert made.report.proven
    same = made.path.read_bytes() == (SAMPLES / f"{name}.html").read_bytes()
    assert same, "make samples, and look at what changed"


def test_every_photo_has_its_licence_named() -> None:
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for path in SAMPLES.iterdir():
        if path.suffix in (".png", ".jpg") and path.name not in PICTURES:
            assert f"`{path.name}`" in text
