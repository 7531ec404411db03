"""The gallery is a page beside the README: every template has its place and its picture there."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest
from conftest import SAMPLES
from PIL import Image

from sheetnet.case import lessons, template
from sheetnet.case.lessons.chapters import course_names

MOST_BYTES = 80_000  # of a picture
NAMES = [*template.names(), *lessons.lesson_names(), *course_names()]


@pytest.fixture
def gallery(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SAMPLES))
    return importlib.import_module("gallery")


def test_the_page_is_the_one_that_the_script_writes(gallery: ModuleType) -> None:
    same = gallery.PAGE.read_text(encoding="utf-8") == gallery.page()
    assert same, "python samples/gallery.py --page, and look at what changed"


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_a_small_picture_in_the_gallery(gallery: ModuleType, name: str) -> None:
    path = gallery.PICTURES / f"{name}.png"
    assert path.is_file(), f"python samples/gallery.py {name}, and look at it"
    assert path.stat().st_size <= MOST_BYTES
    with Image.open(path) as picture:
        assert picture.width == gallery.WIDE


def test_no_picture_is_left_of_a_template_that_is_gone(gallery: ModuleType) -> None:
    assert {path.stem for path in gallery.PICTURES.iterdir()} == set(NAMES)
