"""What Start says and shows: no loss where there is no truth, and a legend for each colour."""

from __future__ import annotations

from functools import cache

import pytest

from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.lesson.build import describe
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.start.learned import wrapped
from sheetnet.workbook.book import Cell, Sheet
from sheetnet.workbook.style import NO_ZERO, THEMES, styles


@cache
def _described(name: str, *, label: str = "", plain: bool = False) -> Lesson:
    case = prepare(Request(None, template=name, label=label or None, plain=plain))
    return describe(case, case.values)


def _start(lesson: Lesson) -> Sheet:
    return lesson.book.sheets[0]


def _texts(sheet: Sheet) -> list[str]:
    return [
        one.value
        for row in sheet.rows.values()
        for one in row
        if isinstance(one, Cell) and isinstance(one.value, str)
    ]


def test_where_nobody_is_the_truth_start_shows_no_loss_of_0() -> None:
    lesson = _described("digits")
    start = _start(lesson)
    said = [lesson.value(f"{name}.out").item() for name in lesson.plan.looks if name.startswith("start.try.")]
    assert [one for one in said if "there is none yet" in one]
    (mark,) = [mark for mark in start.marks if mark.format == NO_ZERO]
    assert len(mark.ranges) == 2
    assert mark.formula == f"{mark.ranges[0]}=0"


def test_where_somebody_is_the_truth_its_loss_is_shown_even_if_it_is_0() -> None:
    assert not [mark for mark in _start(_described("digits", label="3")).marks if mark.format == NO_ZERO]


@pytest.mark.parametrize("plain", [False, True])
def test_the_yellow_of_the_close_ups_is_in_the_legend_where_there_are_any(*, plain: bool) -> None:
    lesson = _described("by-hand", plain=plain)
    said = lesson.words("start.legend_marked_text")
    assert (said in _texts(_start(lesson))) is not plain


@pytest.mark.parametrize("theme", THEMES)
def test_the_sample_in_the_legend_looks_as_a_close_up_marks_its_cells(theme: str) -> None:
    style = styles(theme)["marked"]
    assert (style.fill, style.border) == (THEMES[theme].mark, THEMES[theme].mark_line)


def test_a_percent_sign_stands_on_the_line_of_its_number() -> None:
    text = "blank 1 % (0 of 200), noise 2 % (0 of 200), other pictures 4 % (0 of 300)."
    for room in range(60, 400, 5):
        assert not [line for line in wrapped(text, room) if line.startswith("%")]
