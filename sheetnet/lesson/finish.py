"""A lesson that is described -> the finished workbook: cells, record, pages, file.

refuse_target  before the work
begin_book     the empty workbook, as its language, theme and paper want it
finished       every cell written, the record, and what is printed
saved          the file
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sheetnet.lesson.cells import write_cells
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import fit_print
from sheetnet.lesson.remember import remember
from sheetnet.target import refuse_target
from sheetnet.workbook.book import Book
from sheetnet.workbook.style import FONT, FONTS
from sheetnet.workbook.write import save

__all__ = ["Written", "begin_book", "finished", "refuse_target", "saved"]


class Looks(Protocol):
    """What is asked of the looks of a workbook."""

    @property
    def language(self) -> str:
        """The language of its words."""

    @property
    def theme(self) -> str:
        """The name of its colours."""

    @property
    def letter(self) -> bool:
        """Whether it is printed on US Letter."""


@dataclass(frozen=True, slots=True)
class Written:
    """A workbook that was written: how many formulas it has; ``notes``: what was left out, a line each."""

    formulas: int
    notes: tuple[str, ...] = ()


def begin_book(title: str, looks: Looks) -> Book:
    """A workbook without sheets."""
    font = FONTS.get(looks.language, FONT)
    return Book(title, theme=looks.theme, font=font, language=looks.language, letter=looks.letter)


def finished(lesson: Lesson) -> Lesson:
    """The same lesson: every formula of its workbook has its value, and the workbook remembers what lies where."""
    write_cells(lesson)
    remember(lesson)
    for sheet in lesson.book.sheets:
        if not sheet.hidden:
            fit_print(sheet)
    return lesson


def saved(lesson: Lesson, path: Path, *, force: bool, progress: Callable[[int, int], None] | None) -> Written:
    """Write the workbook of a finished lesson at ``path``. WorkbookError where it fails."""
    save(lesson.book, path, force=force, progress=progress)
    return Written(lesson.book.formula_count(), lesson.notes)
