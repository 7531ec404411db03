"""Lessons that take a photo: small squares, the photo as a picture beside them, and what is refused."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from PIL import Image
from test_lessons import described, told

from sheetnet.case.lessons import load_lesson, request_of
from sheetnet.case.request import Request
from sheetnet.case.template import home
from sheetnet.errors import NetworkError
from sheetnet.grid import a1
from sheetnet.lesson.finish import finished
from sheetnet.lesson.frame.measure import column_pixels
from sheetnet.lesson.frame.screen import shows
from sheetnet.lesson.shelves.build import describe_lesson, write_lesson
from sheetnet.lesson.shelves.room import refuse_cut
from sheetnet.proof.prove import prove
from sheetnet.workbook.book import ROW


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


@pytest.mark.parametrize("size", [24, 64, 96, (24, 48), (96, 48), (48, 96)])
@pytest.mark.parametrize(("name", "see"), [("filters", "map.out"), ("pooling", "shown.out")])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_lesson_takes_a_photo_of_other_sizes_and_shows_it_on_the_first_screen(
    name: str, see: str, size: int | tuple[int, int], language: Literal["en", "zh"]
) -> None:
    asked = request_of(Request(None, template=name, size=size, language=language), name)
    assert asked.photo is not None
    assert asked.photo.x.shape == asked.script.photo == (1, *((size, size) if isinstance(size, int) else size))
    lesson = finished(describe_lesson(asked))
    refuse_cut(asked.script, lesson)
    sheet = lesson.book.sheets[0]
    [(_, last)] = lesson.plan.blocks[see].rectangles()
    assert shows(sheet, last.row, last.column)
    [(at, _, _, longest)] = sheet.pictures
    below, high = int(at.lstrip("A")), longest  # the photo that comes with them is square
    rows = range(below, below + asked.script.photo[1] + 1)
    assert high <= sum(sheet.heights.get(row, ROW) for row in rows) * 96 / 72


@pytest.mark.parametrize("name", ["filters", "pooling"])
def test_a_lesson_about_a_photo_of_another_size_is_proven(name: str, tmp_path: Path) -> None:
    asked = request_of(Request(None, template=name, size=(31, 53)), name)
    formulas = write_lesson(asked, tmp_path / "other.xlsx").formulas
    report = prove(tmp_path / "other.xlsx")
    assert report.proven
    assert report.formulas == formulas


def test_one_window_of_a_pooled_photo_of_another_size_is_what_a_hand_finds() -> None:
    """The last row and column that there are: 30 / 4 = 7, and 45 / 4 = 11 and a column that no window has."""
    asked = request_of(Request(None, template="pooling", size=(30, 45)), "pooling")
    choices = asked.script.givens["choice"].choices
    given = {"choice": np.array(choices[2], dtype=object), "row": np.array(28.0), "column": np.array(43.0)}
    lesson = describe_lesson(asked, given)
    assert asked.photo is not None
    assert [lesson.value(f"{one}.out").item() for one in ("place_row", "place_column", "top", "left")] == [
        7,
        11,
        25,
        41,
    ]
    assert lesson.value("kept.out").item() == asked.photo.x[0, 24:28, 40:44].max()
    assert lesson.value("after.out").item() == 7 * 11


@pytest.mark.parametrize(
    ("name", "size", "told"),
    [
        ("filters", 97, "--size: 97x97 does not suit the lesson; use sides of 24 to 96 pixels"),
        ("pooling", (23, 40), "--size: 23x40 does not suit the lesson; use sides of 24 to 96 pixels"),
        ("filters", (24, 49), "--size: 24x49 is too narrow for the lesson; make no side more than twice the other"),
        ("colour", 24, "--size: the lesson takes photos of 16x16 only; leave --size out"),
        ("softmax", 24, "'softmax' is a lesson without a photo; leave --size out"),
    ],
)
def test_a_size_that_does_not_suit_a_lesson_is_refused(name: str, size: int | tuple[int, int], told: str) -> None:
    with pytest.raises(NetworkError) as caught:
        request_of(Request(None, template=name, size=size), name)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("range = [24, 96]", "range = [96, 24]", r"\[photo\]: range is \[96, 24\]; use \[least, most\], up to 96"),
        ("range = [24, 96]", "range = [41, 96]", r"shape lies outside of range = \[41, 96\]; change one of them"),
        ('"height", less = 2 }', '"height", fewer = 2 }', "side height: unknown entry 'fewer'; known are less, over"),
        ('"height", less = 2 }', '"height", over = 0 }', "side height: over is 0; use 1 to 96"),
        ("[photo]\n", "[photos]\n", "unknown entry 'photos'"),
    ],
)
def test_what_follows_from_no_photo_or_no_side_is_refused(before: str, after: str, told: str, tmp_path: Path) -> None:
    folder = shutil.copytree(home() / "filters", tmp_path / "filters")
    text = (folder / "lesson.toml").read_text("utf-8")
    assert before in text
    (folder / "lesson.toml").write_text(text.replace(before, after), "utf-8")
    with pytest.raises(NetworkError, match=told):
        load_lesson(folder)


def test_a_side_of_a_photo_is_refused_where_the_lesson_takes_none(tmp_path: Path) -> None:
    folder = shutil.copytree(home() / "softmax", tmp_path / "softmax")
    text = (folder / "lesson.toml").read_text("utf-8")
    assert "points = 41" in text
    (folder / "lesson.toml").write_text(text.replace("points = 41", 'points = { side = "width" }'), "utf-8")
    with pytest.raises(NetworkError, match=r"'curve', side width: the lesson takes no photo; write \[photo\]"):
        load_lesson(folder)
