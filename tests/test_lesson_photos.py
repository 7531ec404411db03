"""Lessons that take a photo: small squares, the photo as a picture beside them, and what is refused."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from test_lessons import described, told

from sheetnet.case.lessons import load_lesson, request_of
from sheetnet.case.request import Request
from sheetnet.case.template import home
from sheetnet.errors import NetworkError
from sheetnet.grid import a1
from sheetnet.lesson.frame.measure import column_pixels
from sheetnet.lesson.frame.screen import shows
from sheetnet.lesson.shelves.build import describe_lesson


def test_the_photo_and_its_map_are_small_squares_on_the_first_screen() -> None:
    lesson = described("filters")
    sheet = lesson.book.sheets[0]
    for full in ("moved.out", "before.out", "map.out"):
        [(first, last)] = lesson.plan.blocks[full].rectangles()
        assert shows(sheet, last.row, last.column), full
        assert {column_pixels(sheet.widths[c]) for c in range(first.column, last.column + 1)} == {6}
        assert {sheet.heights[r] for r in range(first.row, last.row + 1)} == {4.5}  # points: 6 pixels


def test_the_map_of_a_photo_is_coloured_by_all_of_its_numbers_and_not_by_the_few_largest() -> None:
    lesson = described("filters")
    values = np.abs(lesson.value("before.out"))
    [where] = [scale for scale in lesson.book.sheets[0].scales if len(scale.ranges) == 2]
    strongest = where.stops[-1][1]
    assert strongest is not None
    assert strongest < values.max()
    assert 0.02 < (values > strongest).mean() < 0.04


def test_the_photo_itself_stands_below_its_label_where_there_is_one() -> None:
    lesson = described("filters")
    [(at, png, alt, longest)] = lesson.book.sheets[0].pictures
    photo = told("filters").photo
    assert photo is not None
    assert png == photo.original
    assert (alt, longest) == (told("filters").script.prose("picture_alt"), 240)
    [(row, column)] = [
        (row, cell.column)
        for row, cells in lesson.book.sheets[0].rows.items()
        for cell in cells
        if getattr(cell, "value", None) == told("filters").script.prose("picture")
    ]
    assert at == a1(row + 1, column)
    assert not describe_lesson(replace(told("filters"), photo=None)).book.sheets[0].pictures


def test_a_picture_of_the_photo_is_refused_where_the_lesson_takes_none(tmp_path: Path) -> None:
    folder = shutil.copytree(home() / "softmax", tmp_path / "softmax")
    text = (folder / "lesson.toml").read_text("utf-8")
    assert "{ chart" in text
    made = text.replace("{ chart", '{ picture = "chart_alt", rows = 9, columns = 2, longest = 90 },\n  { chart')
    (folder / "lesson.toml").write_text(made, "utf-8")
    with pytest.raises(NetworkError, match=r"takes no photo; write \[photo\] with a shape"):
        load_lesson(folder)


def test_every_photo_that_comes_with_a_lesson_has_its_licence_named() -> None:
    found = [path for path in home().glob("*/*") if path.suffix in (".jpg", ".png")]
    assert found
    for path in found:
        text = (path.parent / "lesson.toml").read_text("utf-8")
        assert f"# {path.name} is a part of samples/" in text or f"# {path.name} was drawn for sheetnet" in text, path


@pytest.mark.parametrize("name", ["filters", "pooling"])
def test_a_photo_in_colours_becomes_grey_by_its_luma(name: str, tmp_path: Path) -> None:
    """0.299 red, 0.587 green and 0.114 blue (ITU-R BT.601), in whole numbers."""
    colours = {(255, 0, 0): 76.245, (0, 255, 0): 149.685, (0, 0, 255): 29.07, (10, 200, 90): 130.65}
    for number, (colour, luma) in enumerate(colours.items()):
        Image.new("RGB", (90, 60), colour).save(tmp_path / f"{number}.png")
        asked = request_of(Request(tmp_path / f"{number}.png", template=name), name)
        pixels = asked.script.givens["photo"].value
        assert pixels.shape == asked.script.photo
        assert np.abs(pixels - luma).max() <= 0.5


def test_greys_of_12_bits_are_stretched_for_a_lesson_as_well(tmp_path: Path) -> None:
    dim = np.linspace(0, 4095, 4096).reshape(64, 64).astype(np.uint16)
    Image.fromarray(dim).save(tmp_path / "dim.tif")
    found = [
        request_of(Request(tmp_path / "dim.tif", template="filters", stretch=stretch), "filters").photo
        for stretch in (False, True)
    ]
    assert [one.done for one in found if one] == [("narrow",), ("stretched",)]
    assert [one.x.max() > 100 for one in found if one] == [False, True]


def test_a_lesson_in_this_folder_is_called_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shutil.copytree(home() / "filters", tmp_path / "mine"))
    for which in (".", "lesson.toml", "./lesson.toml", Path()):
        with pytest.raises(NetworkError, match="the lesson 'mine' looks for nothing; use --fit crop or --fit pad"):
            request_of(Request(None, template=which, fit="find"), which)
        with pytest.raises(NetworkError, match="'mine' is a lesson, about no network; leave --backward out"):
            request_of(Request(None, template=which, backward=True), which)
