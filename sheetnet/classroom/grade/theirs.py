"""The workbook that a pupil handed in, written anew with its marks: the same sheets, numbers and looks.

Cells hold what they showed, and no formula: the file is from anywhere, and what it would do somewhere is not known.
Each answer is coloured and has a sign and a note. Merged cells stay merged, but for those that would hide an answer,
and links stay that lead to a cell of the file itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import openpyxl

from sheetnet.classroom.grade.marks import Mark, Verdict
from sheetnet.errors import WorkbookError
from sheetnet.grid import Anchor, a1, row_column, sheet_prefix
from sheetnet.values import ErrorValue
from sheetnet.workbook.book import Book, Sheet
from sheetnet.workbook.look import Scale
from sheetnet.workbook.reading.references import parse_reference
from sheetnet.workbook.style import Style

RIGHT, CARRIED, WRONG, OPEN = "FFC8E6C9", "FFFFE0A3", "FFF5C6C2", "FFFFF4C2"
LEAST = 0.001  # smaller numbers are shown as powers of ten
LOOKS: dict[Verdict, tuple[str, str]] = {  # colour and sign
    "right": (RIGHT, "✓"),
    "carried": (CARRIED, "(✓)"),
    "sure": (CARRIED, "✗"),
    "wrong": (WRONG, "✗"),
    "pasted": (WRONG, "✗"),
    "words": (WRONG, "✗"),
    "open": (OPEN, "?"),
}
PLAIN_TEXT = "text"  # the style of a cell that has none
INK, EDGE = "FF1F2933", "FF333333"
MOST_AREAS = 500  # that stay merged on a sheet
MOST_CELLS = 30_000  # that are written anew; the sheets with answers come first
LONGEST_TITLE, LONGEST_FORMAT = 31, 100
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
Shown = Mapping[str, Mapping[tuple[int, int], Any]]  # by title and place, what a cell shows
Box = tuple[int, int, int, int]  # first row and column, last row and column


def add_theirs(book: Book, data: bytes, shown: Shown, marks: Mapping[Anchor, tuple[Mark, str]]) -> dict[str, str]:
    """Add the sheets of a submission to a book; their titles there, by their own ones.

    Args:
        book: The feedback.
        data: The file.
        shown: What its cells show.
        marks: The mark of each answer and what is said of it, by place.

    Raises:
        WorkbookError: its looks cannot be read.

    """
    try:
        source = openpyxl.load_workbook(BytesIO(data))
    except Exception as error:  # openpyxl raises errors of many kinds for files that others take
        raise WorkbookError(f"the looks of the file cannot be read ({type(error).__name__})") from error
    with_answers = {at.sheet for at in marks}
    sheets = [one for one in source.worksheets if one.sheet_state == "visible" and one.title in shown]
    left, taken = MOST_CELLS, set()
    for one in sorted(sheets, key=lambda one: one.title not in with_answers):
        if (left := left - len(one._cells)) >= 0:
            taken.add(one.title)
    titles: dict[str, str] = {}
    for one in sheets:
        if one.title in taken:
            made = book.add(_title(book, one.title), default_width=one.sheet_format.defaultColWidth or 9.0)
            titles[one.title] = made.title
            _draw(book, made, one, shown[one.title], {at: m for at, m in marks.items() if at.sheet == one.title})
    for one in sheets:
        if one.title in taken:
            book.sheet(titles[one.title]).links += _links(one, titles)
    return titles


def _title(book: Book, title: str) -> str:
    """A title that no sheet of the book has."""
    plain = title.translate(FORBIDDEN)[:LONGEST_TITLE].strip() or "-"
    known, number, made = {sheet.title.casefold() for sheet in book.sheets}, 2, plain
    while made.casefold() in known or made.casefold() == "history":
        made = f"{plain[: LONGEST_TITLE - 4]} {number}"
        number += 1
    return made


def _draw(
    book: Book,
    sheet: Sheet,
    source: Any,
    shown: Mapping[tuple[int, int], Any],
    marks: Mapping[Anchor, tuple[Mark, str]],
) -> None:
    answers = {(at.row, at.column): mark for at, mark in marks.items()}
    for place in sorted({*source._cells, *answers}):
        row, column = place
        cell = source._cells.get(place)
        value = shown.get(place)
        if (marked := answers.get(place)) is not None:
            mark, said = marked
            style = _answer(book, mark.verdict, value)
            sheet.notes.append((a1(row, column), said))
        else:
            style = _own(book, cell)
        if isinstance(value, float):
            sheet.number(row, column, value, style)
        elif value is None or value == "":
            sheet.blank(row, column, style)
        else:
            sheet.text(row, column, str(value).upper() if isinstance(value, bool | ErrorValue) else str(value), style)
    for size in source.column_dimensions.values():
        if size.width and size.min and size.max:
            sheet.widths |= dict.fromkeys(range(size.min, min(size.max, size.min + 200) + 1), float(size.width))
    sheet.heights |= {row: float(one.height) for row, one in source.row_dimensions.items() if one.height}
    sheet.scales += [_without(one, answers.keys()) for one in _scales(source)]
    sheet.merges += _merges(source, answers.keys())
    sheet.freeze, sheet.one_page = source.freeze_panes, True


def _merges(source: Any, answers: Collection[tuple[int, int]]) -> Iterator[str]:
    """The merged areas that hide no answer, each apart from the others."""
    kept: list[Any] = []
    for area in sorted(source.merged_cells.ranges, key=lambda one: (one.min_row, one.min_col))[:MOST_AREAS]:
        hides = any(
            area.min_row <= row <= area.max_row
            and area.min_col <= column <= area.max_col
            and (row, column) != (area.min_row, area.min_col)
            for row, column in answers
        )
        if not hides and all(area.isdisjoint(other) for other in kept):
            kept.append(area)
            yield area.coord


def _links(source: Any, titles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The links to cells of sheets that are there: address, where to."""
    for (row, column), cell in sorted(source._cells.items()):
        location = getattr(cell.hyperlink, "location", None)
        if location is None or cell.hyperlink.target is not None:
            continue
        span = parse_reference(location)
        if span is not None and span[0].sheet in titles:
            yield a1(row, column), f"{sheet_prefix(titles[span[0].sheet])}{a1(span[0].row, span[0].column)}"


def _own(book: Book, cell: Any) -> str:
    """The style of a cell as it was, among those of the book."""
    if cell is None or not cell.has_style:
        return PLAIN_TEXT
    name = f"theirs.{'.'.join(map(str, cell._style))}"
    if name not in book.looks:
        font, fill, align = cell.font, cell.fill, cell.alignment
        sides = (cell.border.left, cell.border.top)
        book.looks[name] = Style(
            _colour(font.color) or INK,
            size=float(font.sz or 10),
            bold=bool(font.b),
            italic=bool(font.i),
            underline=bool(font.u),
            fill=_colour(fill.fgColor) if fill.patternType == "solid" else None,
            format=cell.number_format if len(cell.number_format) <= LONGEST_FORMAT else "General",
            align=align.horizontal if align.horizontal in ("left", "center", "right") else None,
            indent=int(align.indent or 0),
            border=EDGE if all(side is not None and side.style for side in sides) else None,
            words=cell.data_type == "s",
        )
    return name


def _answer(book: Book, verdict: Verdict, value: Any) -> str:
    """The style of an answer: few digits, so that they have room beside the sign; the cell holds all of them."""
    fill, sign = LOOKS[verdict]
    digits = "0" if not isinstance(value, float) or value == round(value) else "0.0##"
    if digits != "0" and abs(value) < LEAST:
        digits = "0.0E+0"
    name = f"marked.{verdict}.{digits}"
    look = Style(INK, size=9, bold=True, fill=fill, format=f'{digits}" {sign}"', align="center", border=EDGE)
    book.looks.setdefault(name, look)
    return name


def _colour(color: Any) -> str | None:
    """A colour that is written as such; None for one of a theme."""
    found = getattr(color, "rgb", None)
    return found if isinstance(found, str) and len(found) == 8 else None


def _scales(source: Any) -> Iterator[Scale]:
    for area in source.conditional_formatting:
        for rule in area.rules:
            if rule.type == "colorScale" and rule.colorScale is not None:
                kinds, colours = rule.colorScale.cfvo, [_colour(one) for one in rule.colorScale.color]
                values = [one.val if one.type == "num" else None for one in kinds]
                whole = all(one is not None for one in values[1:-1])
                if all(colours) and len(colours) == len(values) > 1 and whole:
                    stops = [(str(c), None if v is None else float(v)) for c, v in zip(colours, values, strict=True)]
                    yield Scale(str(area.sqref).split(), stops)


def _without(scale: Scale, places: Sequence[tuple[int, int]] | Any) -> Scale:
    """A scale of colours that leaves out some cells: theirs is the colour of the mark."""
    boxes: list[Box] = []
    for one in scale.ranges:
        first, _, last = one.partition(":")
        boxes.append((*row_column(first), *row_column(last or first)))
    for row, column in places:
        boxes = [part for box in boxes for part in _split(box, row, column)]
    ranges = [f"{a1(top, left)}:{a1(bottom, right)}" for top, left, bottom, right in boxes]
    return Scale(ranges or ["XFD1048576"], scale.stops)


def _split(box: Box, row: int, column: int) -> Iterator[Box]:
    """A rectangle without one of its cells, as up to four."""
    top, left, bottom, right = box
    if not (top <= row <= bottom and left <= column <= right):
        yield box
        return
    parts = [
        (top, left, row - 1, right),
        (row + 1, left, bottom, right),
        (row, left, row, column - 1),
        (row, column + 1, row, right),
    ]
    yield from (one for one in parts if one[0] <= one[2] and one[1] <= one[3])
