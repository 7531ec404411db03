"""The sheets of what comes in: what their numbers mean, and colours that say the same."""

from __future__ import annotations

import pytest
from conftest import SAMPLES

from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.lesson.build import describe
from sheetnet.workbook.book import Cell, Sheet
from sheetnet.workbook.style import THEMES


def _channel(name: str) -> Sheet:
    """The sheet of the first channel."""
    photo = SAMPLES / "astronaut.png" if name in ("faces", "detective") else None
    case = prepare(Request(photo, template=name))
    lesson = describe(case, case.values)
    return next(sheet for sheet in lesson.book.sheets if sheet.title == lesson.plan.channels[0])


def _said(sheet: Sheet, row: int) -> str:
    (first,) = sheet.rows[row]
    assert isinstance(first, Cell)
    return str(first.value)


@pytest.mark.parametrize(
    ("name", "title", "lead"),
    [
        ("faces", "Grey: how bright each pixel is", "0 is dark, 255 is bright"),
        ("digits", "Grey: how much ink each pixel has", "0 is paper, 16 is full ink"),
        ("shapes", "Red: how much red light each pixel gives", "0 is dark, 255 is bright"),
        ("detective", "Red: how much red light each pixel gives", "0 is dark, 255 is bright"),
    ],
)
def test_a_channel_says_what_its_numbers_are(name: str, title: str, lead: str) -> None:
    sheet = _channel(name)
    assert _said(sheet, 1) == title
    assert lead in _said(sheet, 3)


def test_bright_is_bright_on_a_grey_photo_and_ink_is_dark_on_paper() -> None:
    paper, grey = THEMES["clear"].paper, THEMES["clear"].channel["grey"]
    assert _channel("faces").scales[0].stops == [(grey, 0.0), (paper, 255.0)]
    assert _channel("digits").scales[0].stops == [(paper, 0.0), (grey, 16.0)]
