"""What every sheet has: the lesson it is drawn from, its head and links, the looks of its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sheetnet.grid import Block, Shape, a1
from sheetnet.layers import Array
from sheetnet.layout import FIRST, Plan, View
from sheetnet.lesson.measure import characters, columns_for
from sheetnet.network import Network, Node
from sheetnet.words import Words
from sheetnet.workbook.book import Book, Sheet
from sheetnet.workbook.look import Scale
from sheetnet.workbook.style import THEMES, Theme

SQUARE_WIDTH, SQUARE_HEIGHT = 5.29, 27.75  # characters and points: 37 x 37 pixels
LINK_ROOM = 19.0  # characters from one link to the next
LONGEST_SHOWN = 150  # characters of a formula in the head; the cell has all of it
COLORS = {1: ("grey",), 3: ("red", "green", "blue")}
LINKS_ROW = 7


@dataclass(frozen=True)
class Lesson:
    """What every sheet is drawn from.

    ``extras``: titles of the sheets that are no step of the network, by what they are ("closeup", "checks", ...).
    ``done``: what was done to a drawing, see ``photo``. ``named``: what each layer is called, which is the title of
    its sheet unless it shares that with others.
    """

    network: Network
    plan: Plan
    values: Mapping[str, Array]
    words: Words
    book: Book
    trail: tuple[str, ...]  # titles of the sheets in the order of the story, Start first
    extras: Mapping[str, str]
    done: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def theme(self) -> Theme:
        """The colours."""
        return THEMES[self.book.theme]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a sheet. ``numbers`` is a formula that makes a sentence of live numbers.

    A sheet that computes nothing has ``about`` in place of the three tellings of a formula.
    """

    title: str
    lead: str
    analogy: str = ""
    in_words: str = ""
    in_cells: str = ""
    numbers: str = ""
    about: str = ""


def times(shape: Shape) -> str:
    """A shape as people write it: 3 x 28 x 28."""
    return " x ".join(map(str, shape)) if shape else "1"


def color_of(network: Network, channel: int) -> str:
    """The colour of a channel of the photo; grey where there is no colour to it."""
    return COLORS.get(network.shape[0], ("grey",) * network.shape[0])[channel]


def picture_sheet(lesson: Lesson, title: str) -> Sheet:
    """A new sheet of square cells, its head in view while the reader scrolls."""
    return lesson.book.add(title, default_width=SQUARE_WIDTH, freeze=f"A{FIRST}", repeat_rows="1:3")


def draw_head(lesson: Lesson, sheet: Sheet, head: Head) -> None:
    """Rows 1 to 6, the same on every sheet: title, one sentence, its analogy, the formula told three times."""
    words = lesson.words
    sheet.text(1, 1, head.title, "title")
    sheet.text(2, 1, head.lead, "lead")
    sheet.heights |= {1: 27.0, 2: 17.0, 3: 15.0, 4: 15.0, 5: 15.0, 6: 15.0, LINKS_ROW: 18.0, LINKS_ROW + 1: 8.0}
    if head.analogy:
        sheet.text(3, 1, words("step.analogy", what=head.analogy), "note")
    if head.in_words or head.about:
        said = head.about or words("step.in_words", formula=head.in_words)
        sheet.text(4, 1, said, "text")
    if head.in_cells:
        sheet.text(5, 1, shown_formula(lesson, head.in_cells), "text")
    if head.numbers:
        sheet.formula(6, 1, told_numbers(lesson, head.numbers), "text")
    for row in range(2, LINKS_ROW):
        if row not in sheet.rows:
            sheet.heights[row] = 4.0


def shown_formula(lesson: Lesson, formula: str) -> str:
    """The line of a head that shows a formula; the cell itself has all of it."""
    shown = formula if len(formula) <= LONGEST_SHOWN else f"{formula[:LONGEST_SHOWN]} ..."
    return lesson.words("step.in_cells", formula=shown)


def told_numbers(lesson: Lesson, numbers: str) -> str:
    """The formula of the line of a head that tells a formula with its numbers."""
    said = lesson.words("step.in_numbers", formula="\0").partition("\0")[0].replace('"', '""')
    return f'"{said}"&{numbers}'


def draw_links(lesson: Lesson, sheet: Sheet, *more: str) -> None:
    """Back, home, next, and sheets to do with this one; spaced by the widths of the columns, so this is last."""
    words, trail = lesson.words, lesson.trail
    number = trail.index(sheet.title)
    targets = [(words("step.back", title=trail[number - 1]), trail[number - 1]), (words("step.home"), trail[0])]
    if number + 1 < len(trail):
        targets.append((words("step.next", title=trail[number + 1]), trail[number + 1]))
    targets += [(words("step.see", title=title), title) for title in more]
    link_row(sheet, LINKS_ROW, [(text, title, "A1") for text, title in targets], LINK_ROOM)
    sheet.header = words("print.name")


def link_row(sheet: Sheet, row: int, targets: Sequence[tuple[str, str, str]], room: float) -> None:
    """Links (text, sheet, cell) side by side, by the widths of the columns; ``room``: characters that each has."""
    column, left, end = 1, 0.0, 0.0
    for i, (text, title, cell) in enumerate(targets):
        while left < max(i * room, end):
            left += sheet.widths.get(column, sheet.default_width)
            column += 1
        sheet.link(row, column, text, title, cell=cell)
        end = left + characters(text)
        left += sheet.widths.get(column, sheet.default_width)
        column += 1


def fit_print(sheet: Sheet) -> None:
    """Print as many columns as the texts reach into; after every formula has its value."""
    sheet.print_columns = max(sheet.print_columns or sheet.extent()[1], columns_for(sheet))


def largest_at(lesson: Lesson, node: Node) -> tuple[int, ...]:
    """Where a layer answered most: a place worth looking at first."""
    out = lesson.values[f"{node.name}.out"]
    return tuple(int(i) for i in np.unravel_index(int(out.argmax()), out.shape))


def look(style: str, values: Array) -> str:
    """Numbers with fixed decimals, or as they are where all are whole, or too large for the cell."""
    most = 1e7 if style == "number" else 100
    fixed = bool(np.abs(values).max(initial=0.0) < most and (values % 1 != 0).any())
    return style if fixed else f"{style}.general"


def signed_stops(lesson: Lesson, values: Array) -> list[tuple[str, float | None]]:
    """Negative, white, positive, with 0 in the middle: the colours mean the same on both sides of it."""
    most = float(f"{np.abs(values).max(initial=0.0):.3g}") or 1.0
    theme = lesson.theme
    return [(theme.negative, -most), (theme.paper, 0.0), (theme.positive, most)]


def add_scale(sheet: Sheet, block: Block, stops: list[tuple[str, float | None]], *more: Block) -> None:
    """One colour scale for all of a tensor that lies on the sheet, and for those that it is compared with."""
    areas = [area for one in (block, *more) for area in one.rectangles()]
    ranges = [f"{a1(a.row, a.column)}:{a1(b.row, b.column)}" for a, b in areas if a.sheet == sheet.title]
    sheet.scales.append(Scale(ranges, stops))


def draw_view(lesson: Lesson, sheet: Sheet, view: View, style: str) -> None:
    """Copies: each cell of the view names the cell it repeats."""
    rule = view.rule(lesson.plan.blocks[view.tensor].viewed(sheet.title))
    sheet.tensor(view.block, lesson.values[view.tensor], style, rule)
