"""Worksheets as workbooks: the key, whose every number is a live formula, and what the pupils get.

numbers -> lesson with its looks -> the key -> what was computed is blanked -> the worksheets
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sheetnet import words
from sheetnet.classroom.worksheet.features import draw_features
from sheetnet.classroom.worksheet.learning import draw_learning
from sheetnet.classroom.worksheet.numbers import Numbers
from sheetnet.classroom.worksheet.overview import draw_overview
from sheetnet.classroom.worksheet.paper import ASKED, BLANK, COLUMNS, WIDTH, Paper
from sheetnet.classroom.worksheet.picture import Picture, Pupil, draw_front
from sheetnet.classroom.worksheet.verdict import draw_verdict
from sheetnet.layout import Planner
from sheetnet.lesson.cells import write_cells
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import fit_print
from sheetnet.lesson.remember import remember
from sheetnet.network import Network
from sheetnet.workbook.book import Book, Cell, Line, Sheet
from sheetnet.workbook.style import FONT, FONTS

LONGEST_TITLE = 31
BETWEEN = "  ·  "
FORBIDDEN = "[]:*?/\\'"
GRADIENTS = 3  # the level from which on something is learned


@dataclass(frozen=True)
class Class:
    """What all worksheets of a class share. ``names``: of the pupils, or "" for each."""

    picture: Picture
    names: Sequence[str]
    level: int
    language: str
    letter: bool


def key_of(group: Class, sheets: Sequence[Numbers]) -> Book:
    """The key: a sheet for each pupil, with formulas for all answers, and the record by which it is proven."""
    vocabulary = words.load(group.language)
    font = FONTS.get(group.language, FONT)
    title = vocabulary("handout.title")
    book = Book(title, font=font, language=group.language, letter=group.letter)
    overview = book.add(vocabulary("handout.overview.sheet"), default_width=WIDTH)
    prefixes = [f"s{number}_" for number in range(1, len(sheets) + 1)]
    lesson = Lesson(Planner(Network("handout", (), (), ()), {}, ()), {}, vocabulary, book, (), {})
    for number, (numbers, name) in enumerate(zip(sheets, group.names, strict=True), 1):
        called = _title(vocabulary("handout.sheet", number=number), name)
        paper = Paper(lesson, book.add(called), prefixes[number - 1])
        draw_front(paper, group.picture, numbers, Pupil(number, len(sheets), name))
        paper.turn()
        draw_features(paper, numbers)
        paper.turn()
        draw_verdict(paper, numbers, group.level)
        if group.level >= GRADIENTS:
            paper.turn()
            draw_learning(paper, numbers)
        paper.sheet.print_rows, paper.sheet.print_columns = paper.row - 1, COLUMNS
        told = vocabulary("handout.header", number=number, count=len(sheets))
        paper.sheet.header = f"{vocabulary('handout.answers')}{BETWEEN}{told}"
    draw_overview(lesson, overview, prefixes, group.names, learns=group.level >= GRADIENTS)
    overview.header = title
    fit_print(overview)
    write_cells(lesson)
    remember(lesson)
    return book


def blanked(key: Book) -> Book:
    """What the pupils get: the same sheets without what was computed, the teacher's parts, names and record."""
    sheets = [_blanked(sheet) for sheet in key.sheets if sheet.portrait]
    return replace(key, sheets=sheets, names=[])


def _blanked(sheet: Sheet) -> Sheet:
    """A sheet whose answers are empty boxes, which look alike whatever belongs into them."""
    rows: dict[int, list[Cell | Line]] = {}
    for row, entries in sheet.rows.items():
        kept: list[Cell | Line] = []
        for entry in entries:
            if entry.column > COLUMNS:
                continue
            computed = (entry.formulas if isinstance(entry, Line) else entry.formula) is not None
            if computed or entry.style == ASKED:
                kept += [Cell(entry.column + right, BLANK, None) for right in range(entry.width)]
            else:
                kept.append(entry)
        if kept:
            rows[row] = kept
    return replace(sheet, rows=rows, header=sheet.header.partition(BETWEEN)[2])


def _title(sheet: str, name: str) -> str:
    """The title of a pupil's sheet."""
    whole = f"{sheet} {name}".strip()
    return "".join(" " if letter in FORBIDDEN else letter for letter in whole)[:LONGEST_TITLE].strip()
