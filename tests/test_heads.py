"""The lines above a sheet: a formula is shown as far as there is room, its terms are named, and nothing runs off."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl.utils.cell import range_boundaries

from sheetnet import words
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.grid import a1
from sheetnet.lesson.build import describe
from sheetnet.lesson.frame.head import CELLS_ROW, ROOM, shown_formula
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import column_pixels
from sheetnet.workbook.book import Cell, Sheet
from sheetnet.workbook.measure import pixels
from sheetnet.workbook.style import styles

SCREEN = 1266  # pixels
SUM = "A1 = " + "+".join(f"SUMPRODUCT(Conv!A{k}:C{k + 2},$E$1:$G$3)" for k in range(1, 9)) + "+$C$11"


@cache
def _described(name: str, *, language: str = "en", backward: bool = False) -> Lesson:
    case = prepare(Request(None, template=name, language=language, backward=backward))
    return describe(case, case.values)


def _texts(sheet: Sheet, row: int) -> list[str]:
    return [one.value for one in sheet.rows.get(row, ()) if isinstance(one, Cell) and isinstance(one.value, str)]


@pytest.mark.parametrize("zoom", [100, 75, 60])
def test_a_long_sum_is_shown_with_whole_terms_and_with_its_last_one(zoom: int) -> None:
    lesson: Any = SimpleNamespace(words=words.load("en"))
    line = shown_formula(lesson, SUM, zoom)
    assert pixels(line) * zoom / 100 <= ROOM
    assert line.endswith("+ ... +$C$11")
    assert line.count("(") == line.count(")") >= 2


def test_what_fits_is_shown_whole_and_what_has_no_terms_is_cut() -> None:
    lesson: Any = SimpleNamespace(words=words.load("en"))
    assert shown_formula(lesson, "A1 = MAX(B1,0)").endswith("A1 = MAX(B1,0)")
    assert shown_formula(lesson, "A1 = MAX(" + "B1:B2," * 60 + "0)").endswith(" ...")


def test_the_smaller_a_sheet_opens_the_more_of_a_formula_it_shows() -> None:
    """The first convolution of shapes opens at 60 %, so all four terms of its formula have room."""
    lesson = _described("shapes")
    node = lesson.network.nodes[1]
    (line,) = _texts(lesson.book.sheet(lesson.plan.sheets[node.name]), CELLS_ROW)
    assert "..." not in line
    assert line.count("SUMPRODUCT") == 3


def test_the_terms_of_a_sum_are_named() -> None:
    said = {name: _described("digits").value(f"told.{name}.out").item() for name in ("conv1", "conv2", "dense")}
    assert "(window × filter)" in said["conv1"]
    assert "(map 8)" in said["conv2"]
    assert "(evidence × weight)" in said["dense"]
    assert all("(bias)" in one for one in said.values())


def test_rows_of_all_maps_say_in_which_order_they_lie() -> None:
    lesson = _described("digits")
    sheet = lesson.book.sheet(lesson.plan.sheets["conv2"])
    assert lesson.words("labels.rows") in _texts(sheet, lesson.plan.tops["conv2"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_above_the_network_runs_off_the_screen_with_gradients_either(language: str) -> None:
    lesson = _described("by-hand", language=language, backward=True)
    sheet = lesson.book.sheet(lesson.words("sheets.network"))
    looks = styles("clear")
    for row in range(1, 9):
        for one in sheet.rows.get(row, ()):
            if isinstance(one, Cell) and isinstance(one.value, str) and one.column == 1:
                assert pixels(one.value, looks[one.style].size, bold=looks[one.style].bold) <= SCREEN, one.value


def test_the_names_of_gradients_have_room_for_a_wider_font() -> None:
    """They stand in merged cells, which cut a text, and LibreOffice writes Chinese in another font than Excel."""
    lesson = _described("by-hand", language="zh", backward=True)
    sheet = lesson.book.sheet(lesson.words("sheets.network"))
    names = [lesson.words("network.back", of=lesson.words(f"learning.own_{own}")) for own in ("out", "weight")]
    spans = {span.split(":")[0]: range_boundaries(span) for span in sheet.merges}
    found = 0
    for row, entries in sheet.rows.items():
        for one in entries:
            first = spans.get(a1(row, one.column))
            if not isinstance(one, Cell) or one.value not in names or first is None:
                continue
            room = sum(column_pixels(sheet.widths.get(c, sheet.default_width)) for c in range(first[0], first[2] + 1))
            assert room >= 1.1 * pixels(str(one.value)), (row, one.column)
            found += 1
    assert found >= 8


def test_a_layer_without_weights_says_no_rule_of_new_weights() -> None:
    lesson = _described("by-hand", backward=True)
    rule = lesson.words("step.in_words", formula=lesson.words("learning.update"))
    for name, moves in (("conv", True), ("relu", False), ("dense", True), ("softmax", False)):
        sheet = lesson.book.sheet(lesson.words("sheets.after", title=lesson.plan.sheets[name]))
        assert (rule in _texts(sheet, 5)) is moves, name


def test_the_last_sheet_of_a_training_is_not_before_a_step() -> None:
    lesson = _described("training")
    begins, ends = lesson.words("training.begins"), lesson.words("training.ends")
    for title, there, not_there in (("Step 1", begins, ends), ("Learned", ends, begins)):
        sheet = lesson.book.sheet(title)
        texts = [text for row in sheet.rows for text in _texts(sheet, row)]
        assert there in texts
        assert not_there not in texts
