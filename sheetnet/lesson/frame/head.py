"""The head of a sheet: what it shows, in a sentence, as a picture in words, and as a formula.

rows 1, 2      the title and the links, which stay in view
rows 3, 4      the lead, the analogy
rows 5 to 7    the formula in words, in cells, in numbers
row 8          the thread, see ``links``
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sheetnet.layout.places import cell
from sheetnet.lenses import Look, Sentence, Source
from sheetnet.lenses.sentences import Piece
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import LINE, LINKS_ROW, THREAD_ROW
from sheetnet.steps import of_look
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.measure import pixels

LEAD_ROW, CELLS_ROW, NUMBERS_ROW = 3, 6, 7
TITLE, LEAD, GAP = 24.0, 15.0, 3.0  # heights of rows in points; a gap is a row without words
ROOM = 1120.0  # pixels of the line of a formula at 100 %; the cell has all of it
SHORTEST = 120  # characters of a formula that has no terms to leave out
LONGEST = 2000  # characters of the formula of a sentence; nobody would read a longer sentence

Wording = tuple[tuple[Piece, ...], dict[str, Source]]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a sheet.

    ``in_words``, ``in_cells``: the formula in words, and as a cell has it. ``numbers``: the formula with its live
    numbers as a sentence, first the full one, then shorter ones; ``name``: of the look of that sentence;
    ``longest``: characters that the formula of the sentence may have. A sheet that computes nothing has ``about`` in
    place of a formula.
    """

    title: str
    lead: str
    analogy: str = ""
    in_words: str = ""
    in_cells: str = ""
    numbers: tuple[Wording, ...] = ()
    name: str = ""
    longest: int = LONGEST
    about: str = ""


def draw_head(lesson: Lesson, sheet: Sheet, head: Head) -> None:
    """Title, lead, analogy, the formula in words, in cells and in numbers: in the same rows on every sheet."""
    words = lesson.words
    sheet.text(1, 1, head.title, "title")
    if head.lead:
        sheet.text(LEAD_ROW, 1, head.lead, "lead")
    if head.analogy:
        sheet.text(LEAD_ROW + 1, 1, words("step.analogy", what=head.analogy), "note")
    if head.in_words or head.about:
        said = head.about or words("step.in_words", formula=head.in_words)
        sheet.text(LEAD_ROW + 2, 1, said, "text")
    if head.in_cells:
        sheet.text(CELLS_ROW, 1, shown_formula(lesson, head.in_cells), "text")
    used = set(sheet.rows)
    if head.numbers:
        draw_sentence(lesson, sheet, NUMBERS_ROW, head)
        used.add(NUMBERS_ROW)
    sheet.heights |= {1: TITLE, LINKS_ROW: LEAD, LEAD_ROW: LEAD}
    sheet.heights |= {row: LINE if row in used else GAP for row in range(LEAD_ROW + 1, THREAD_ROW + 1)}
    sheet.selected = f"A{THREAD_ROW + 1}"


def shown_formula(lesson: Lesson, formula: str, zoom: int = 100) -> str:
    """The line of a head that shows a formula; where it is too long, its first terms and the last one.

    ``zoom``: percent at which the sheet opens.
    """
    return next(
        (line for line in _shorter(lesson, formula) if pixels(line) * zoom / 100 <= ROOM),
        lesson.words("step.in_cells", formula=f"{formula[:SHORTEST]} ..."),
    )


def _shorter(lesson: Lesson, formula: str) -> Iterator[str]:
    """The line with all of a formula, then with ever fewer of its terms, of which the last one always stands."""
    yield lesson.words("step.in_cells", formula=formula)
    terms = re.split(r"\+(?=[A-Z]+\(|\$?[A-Z]+\$?[0-9]+$)", formula)
    for count in range(len(terms) - 2, 0, -1):
        yield lesson.words("step.in_cells", formula="+".join([*terms[:count], " ... ", terms[-1]]))


def fit_formula(lesson: Lesson, sheet: Sheet, formula: str) -> None:
    """Show as much of a formula as there is room for, once it is known at which zoom the sheet opens."""
    sheet.rows[CELLS_ROW] = [one for one in sheet.rows[CELLS_ROW] if one.column > 1]
    sheet.text(CELLS_ROW, 1, shown_formula(lesson, formula, sheet.zoom), "text")


def draw_sentence(lesson: Lesson, sheet: Sheet, row: int, head: Head) -> None:
    """The line of a head that says a formula with its numbers; a shorter one where the full one is too long."""
    before = [part for part in lesson.words.parts("step.in_numbers") if isinstance(part, str)]
    at = cell(sheet.title, row, 1)
    for pieces, reads in head.numbers:
        look = Look(head.name, Sentence((*before, *pieces)), reads)
        step = of_look(look, lambda full: at if full.startswith(f"{head.name}.") else lesson.plan.find(full))
        if len(step.rules["out"]()) <= head.longest or pieces is head.numbers[-1][0]:
            lesson.look(head.name, look.lens, reads, "text", out=at)
            return
