"""Pieces of a sheet fit on the page with all that they show; openpyxl makes the sheets."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill

from sheetnet.printing.pages import lay_out, size_of
from sheetnet.printing.pieces import pieces
from sheetnet.printing.said import on_paper
from sheetnet.printing.source import LEAST_SIZE, Source
from sheetnet.workbook.reading.grid import Grid, Line

A4 = 9
PAGE, _ = size_of(A4)
MARGIN = 2.65  # pixels that LibreOffice leaves blank beside a number
# Of Arial, in thousandths of its size.
WIDTHS = dict.fromkeys("0123456789", 556) | {"-": 333, ".": 278, ",": 278, "%": 889}


def source_of(fill: Callable[[Any], None], language: str = "en") -> Source:
    """A sheet as it is read from a file."""
    book = Workbook()
    fill(book.worksheets[0])
    out = BytesIO()
    book.save(out)
    sheet = load_workbook(BytesIO(out.getvalue())).worksheets[0]
    grid = Grid()
    for row in sheet.iter_rows():
        there = [cell for cell in row if cell.value is not None]
        if there:
            columns = [cell.column for cell in there]
            grid.lines[there[0].row] = Line(array("i", columns), None, [cell.value for cell in there])
    return Source(sheet, grid, language)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (-0.1234, "0.0000", "-0.1234"),
        (-14.0519, "#,##0.0000", "-14.0519"),
        (0.25, "0.0%", "25.0%"),
        (-100.0, "General", "-100"),
        (0.2, "0.######", "0.2"),
    ],
)
@pytest.mark.parametrize("size", [8.0, 10.0])
def test_a_column_has_room_for_its_numbers(value: float, code: str, shown: str, size: float) -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["B1"] = value, value
        for cell in sheet[1]:
            cell.number_format, cell.font = code, Font(name="Arial", size=size)

    [piece] = pieces(source_of(fill), PAGE)
    needed = sum(WIDTHS[sign] for sign in shown) / 1000 * max(size, LEAST_SIZE) * 96 / 72 + MARGIN
    assert min(piece.widths) >= needed


def test_a_heading_that_is_longer_than_its_map_does_not_widen_a_column_of_it() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"] = "a heading that is much longer than what stands below it"
        sheet["B1"] = None
        for row in range(2, 8):
            for column in range(1, 5):
                sheet.cell(row, column).value = row * column
        sheet["A8"], sheet["B8"] = 1, 2  # so that the first row is no paragraph
        sheet["D1"] = None
        for letter in "ABCD":
            sheet.column_dimensions[letter].width = 4

    [piece] = [one for one in pieces(source_of(fill), PAGE) if not one.wraps]
    assert len(set(piece.widths[:4])) == 1


def test_a_map_that_is_too_wide_is_a_picture_without_digits_two_of_which_stand_side_by_side() -> None:
    def fill(sheet: Any) -> None:
        for first in (1, 50):
            for row in range(1, 41):
                for column in range(first, first + 40):
                    sheet.cell(row, column).value = -123
        for column in range(1, 100):
            sheet.column_dimensions[sheet.cell(1, column).column_letter].width = 4

    source = source_of(fill)
    found = pieces(source, PAGE)
    assert [piece.unseen for piece in found] == [True, True]
    [page] = lay_out([found], A4)
    assert len(page.shelves) == 1
    assert page.shelves[0].right <= PAGE
    for piece in found:
        assert piece.heights[0] == pytest.approx(piece.widths[0] * 0.75)  # points: its cells are squares


def test_the_words_of_a_wide_table_get_lines_and_its_numbers_keep_their_room() -> None:
    def fill(sheet: Any) -> None:
        for row in (1, 2, 3):
            sheet.cell(row, 1).value = "some words " * 14
            for column in range(2, 9):
                sheet.cell(row, column).value = -1234.5

    [piece] = pieces(source_of(fill), PAGE)
    assert piece.folds
    assert piece.width <= PAGE
    assert all(wide >= need for wide, need in zip(piece.widths, piece.needs, strict=True))
    assert piece.heights[0] > 2 * LEAST_SIZE


def test_words_in_a_filled_cell_run_on_into_the_filled_cells_behind_them() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"] = "an answer of many words on a coloured ground"
        for cell in sheet["A1:H1"][0]:
            cell.fill = PatternFill("solid", fgColor="FFF2CC")
        sheet["A2"] = 1

    source = source_of(fill)
    [piece] = pieces(source, PAGE)
    assert source.text((1, 1)) is not None
    assert piece.widths[0] < 100


def test_a_folded_row_and_words_about_the_screen_are_not_printed() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["A2"], sheet["A4"] = "Question", "the answer", "From age 10 on"
        sheet["A3"] = "The answer is folded away: click the + at the left edge."
        sheet.row_dimensions[2].hidden = True

    source = source_of(fill)
    assert [source.value(at) for at in source.cells] == ["Question", "From age 10 on"]
    assert source.sheet["A3"].value is None


def test_a_short_table_stands_on_the_page_of_the_list_below_it() -> None:
    def fill(sheet: Any) -> None:
        for row in range(1, 71):
            sheet.cell(row, 1).value = row
        sheet["A72"], sheet["B72"] = "bias", 1
        sheet["A73"], sheet["B73"] = "logit", 2
        for row in range(75, 100):
            sheet.cell(row, 1).value, sheet.cell(row, 2).value = row, row
        sheet.column_dimensions["A"].width = 20

    found = pieces(source_of(fill), PAGE)
    for page in lay_out([found], A4):
        rows = {row for shelf in page.shelves for _, piece in shelf.pieces for row in piece.rows}
        assert (72 in rows) == (75 in rows)


@pytest.mark.parametrize(
    ("language", "screen", "paper"),
    [
        (
            "en",
            "The network, from left to right. Click on a tile to see its numbers.",
            "The network, from left to right.",
        ),
        ("zh", "网络：从左到右。点一个方块，就能看到它的数字。", "网络：从左到右。"),
        (
            "en",
            "To clear the pad select C12:J19 and press Delete. To fill many cells at once select them, type a "
            "number, press Ctrl+Enter (LibreOffice: Alt+Enter).",
            "",
        ),
        ("xx", "Type your number above.", "Type your number above."),
        ("en", "Logits become confidences.", "Logits become confidences."),
    ],
)
def test_paper_does_not_speak_of_the_screen(language: str, screen: str, paper: str) -> None:
    assert on_paper(screen, language) == paper
