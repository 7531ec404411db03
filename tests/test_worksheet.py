"""Worksheets: every answer is what a pupil with a pencil finds, no two are alike, none is trivial, nothing leaks."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pencil
import pytest
import surgery
from conftest import SAMPLES

import sheetnet
from sheetnet import photo
from sheetnet.case import template
from sheetnet.classroom.worksheet.numbers import RATE, Numbers, draw_sheets
from sheetnet.errors import PhotoError

LEVELS = (1, 2, 3)
COUNT = 6


def pixels(name: str) -> Any:
    if name == "by-hand":
        return template.load("by-hand").pixels
    return photo.load(SAMPLES / name, (3, 16, 16)).x


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[int, sheetnet.Handout]:
    """A class of six at each level, without LibreOffice."""
    folder = tmp_path_factory.mktemp("worksheets")
    return {
        level: sheetnet.handout(
            SAMPLES / "coffee.png", folder / f"h{level}.xlsx", answers=True, count=COUNT, level=level, seed=level
        )
        for level in LEVELS
    }


@pytest.mark.parametrize("level", LEVELS)
def test_a_pencil_finds_every_answer_of_the_key(made: dict[int, sheetnet.Handout], level: int) -> None:
    pupils, key = (
        openpyxl.load_workbook(made[level].path),
        openpyxl.load_workbook(made[level].answers, data_only=True),
    )
    for sheet in pupils.worksheets:
        found = pencil.solve(sheet, level)
        assert set(found) == pencil.empty_boxes(sheet)  # each box, and no more
        answers = {at: key[sheet.title].cell(*at).value for at in found}
        assert answers == pytest.approx(found, abs=1e-9)
        for number in answers.values():
            assert len(re.sub("[-.]", "", f"{number:.9g}").lstrip("0")) <= 3, number


@pytest.mark.parametrize("level", LEVELS)
def test_the_key_is_proven_and_every_formula_of_it_is_judged(made: dict[int, sheetnet.Handout], level: int) -> None:
    report = made[level].report
    assert report is not None
    assert report.proven
    count = surgery.count_formulas(made[level].answers)
    assert made[level].formulas == count > 80 * COUNT
    assert f"all {count:,} formula cells" in report.last_line()
    assert sheetnet.verify(made[level].answers).proven


@pytest.mark.parametrize("level", LEVELS)
def test_the_key_begins_with_all_answers_at_a_glance(made: dict[int, sheetnet.Handout], level: int) -> None:
    pupils = openpyxl.load_workbook(made[level].path)
    sheet = openpyxl.load_workbook(made[level].answers, data_only=True).worksheets[0]
    assert sheet.title == "All answers"
    for number, pupil in enumerate(pupils.worksheets):
        found, step = pencil.solve(pupil, level), pencil.steps(pupil)
        first = pencil.first_box(pupil, step[4])
        look = [found[first[0] + i, first[1] + j] for i in range(3) for j in range(3)]
        row = [cell.value for cell in sheet[4 + number] if isinstance(cell.value, int | float)]
        assert row[:10] == [number + 1, *look]
        loss = found[pencil.right_of(pupil, pencil.below(pupil, step[10], "The loss, "), blank=True)]
        assert row[17] == pytest.approx(loss)
        assert len(row) == (20 if level == 3 else 18)


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}


@pytest.mark.parametrize("level", LEVELS)
def test_the_file_of_a_pupil_holds_no_answer(made: dict[int, sheetnet.Handout], level: int) -> None:
    found = parts(made[level].path)
    assert not any("comment" in name or "externalLink" in name or "custom" in name for name in found)
    assert 'definedName name="sheetnet' not in found["xl/workbook.xml"]
    assert not re.search(r'state="(veryH|h)idden"', found["xl/workbook.xml"])
    for name, text in found.items():
        if name.startswith("xl/worksheets/sheet"):
            assert "<f>" not in text
            assert "conditionalFormatting" not in text
            assert "dataValidation" not in text
    book = openpyxl.load_workbook(made[level].path)
    styles = {sheet.cell(*at)._style for sheet in book.worksheets for at in pencil.empty_boxes(sheet)}
    assert len(styles) == 1  # a box looks the same whatever belongs into it
    assert all(sheet.max_column <= 17 for sheet in book.worksheets)


def test_two_sheets_differ_in_nothing_but_what_is_printed(made: dict[int, sheetnet.Handout]) -> None:
    """The same layout: no width, height or style follows an answer."""
    for path in (made[3].path, made[3].answers):
        book = openpyxl.load_workbook(path)
        looks = []
        for sheet in (one for one in book.worksheets if one.title.startswith("Sheet")):
            heights = {row: one.height for row, one in sheet.row_dimensions.items()}
            looks.append(
                (heights, sorted(map(str, sheet.merged_cells.ranges)), [one.id for one in sheet.row_breaks.brk])
            )
        assert all(look == looks[0] for look in looks)


def test_pupils_and_key_have_the_same_layout(made: dict[int, sheetnet.Handout]) -> None:
    pupils, key = openpyxl.load_workbook(made[2].path), openpyxl.load_workbook(made[2].answers)
    for sheet in pupils.worksheets:
        other = key[sheet.title]
        for line in sheet.iter_rows(max_col=17):
            for cell in line:
                if cell.value is not None:
                    assert other[cell.coordinate].value == cell.value
        assert sheet.print_area == other.print_area


@pytest.mark.parametrize("name", ["coffee.png", "astronaut.png", "rocket.jpg", "by-hand"])
@pytest.mark.parametrize("level", [1, 3])
def test_no_sheet_is_like_another_and_none_is_trivial(name: str, level: int) -> None:
    sheets = draw_sheets(pixels(name), level, 5, 20)
    assert len({told(one) for one in sheets}) == 20
    for one in sheets:
        refuse_trivial(one)


def test_none_of_200_seeds_gives_a_trivial_sheet() -> None:
    x = pixels("coffee.png")
    for seed in range(200):
        [one] = draw_sheets(x, 1 + seed % 3, seed, 1)
        refuse_trivial(one)


def around(one: Numbers, y: int, x: int) -> float:
    """The 27 products of a place, added."""
    places = [(c, i, j) for c in range(3) for i in range(3) for j in range(3)]
    return sum(float(one.patch[c][y + i][x + j]) * float(one.filter[c][i][j]) for c, i, j in places)


def told(one: Numbers) -> str:
    return repr((one.patch.tolist(), one.filter.tolist(), one.bias, one.weights.tolist()))


def refuse_trivial(one: Numbers) -> None:
    """Plain sums again: no map that is all 0, no tie, logits 1 to 6 apart, numbers that fit."""
    assert set(one.patch.ravel()) <= set(range(10))
    assert set(one.filter.ravel()) <= {-1, 0, 1}
    assert set(one.weights.ravel()) <= {-1, 0, 1}
    places = [one.bias + around(one, y, x) for y in range(3) for x in range(3)]
    relu = [max(number, 0) for number in places]
    assert min(places) < 0 < max(places) <= 99
    pool = [max(relu[3 * (y + i) + x + j] for i in (0, 1) for j in (0, 1)) for y in (0, 1) for x in (0, 1)]
    clues = [pencil.half_up(number / one.divisor) for number in pool]
    assert max(clues) <= 9
    assert sum(clue > 0 for clue in clues) >= 3
    logits = [sum(clue * weight for clue, weight in zip(clues, line, strict=True)) for line in one.weights]
    assert 1 <= abs(logits[0] - logits[1]) <= 6
    assert clues[one.asked[1]] > 0
    assert RATE == 0.1


def test_the_same_seed_gives_the_same_sheets_and_more_of_them_change_none() -> None:
    x = pixels("coffee.png")
    few, many = draw_sheets(x, 2, 9, 3), draw_sheets(x, 2, 9, 8)
    assert list(map(told, few)) == list(map(told, many[:3]))
    assert told(draw_sheets(x, 2, 10, 1)[0]) != told(few[0])


def test_a_photo_of_one_colour_is_refused_in_one_line() -> None:
    with pytest.raises(PhotoError, match="too even for a worksheet"):
        draw_sheets(np.full((3, 16, 16), 200.0), 1, 0, 1)


def test_the_same_request_gives_the_same_bytes(made: dict[int, sheetnet.Handout], tmp_path: Path) -> None:
    sheetnet.handout(SAMPLES / "coffee.png", tmp_path / "h.xlsx", answers=True, count=COUNT, level=1, seed=1)
    for name, path in (("h.xlsx", made[1].path), ("h-answers.xlsx", made[1].answers)):
        assert (tmp_path / name).read_bytes() == path.read_bytes()
