"""What every sheet has: the lesson it is drawn from, its head and links, the looks of its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheetnet.grid import Anchor, Block, Shape, a1
from sheetnet.layers import Array
from sheetnet.layout import FIRST, Plan
from sheetnet.layout.titles import COLORS
from sheetnet.lenses import Area, Look, Sentence, Source
from sheetnet.lenses.elements import single
from sheetnet.lenses.elements import words as listed
from sheetnet.lenses.sentences import Piece
from sheetnet.lesson.measure import characters, columns_for
from sheetnet.network import Network, Node
from sheetnet.operation import Operation
from sheetnet.steps import Step, of_look
from sheetnet.words import Words
from sheetnet.workbook.book import Book, Sheet
from sheetnet.workbook.look import Scale
from sheetnet.workbook.style import THEMES, Theme

SQUARE_WIDTH, SQUARE_HEIGHT = 5.29, 27.75  # characters and points: 37 x 37 pixels
LINK_ROOM = 19.0  # characters from one link to the next
LONGEST_SHOWN = 150  # characters of a formula in the head; the cell has all of it
LINKS_ROW = 7
LONGEST = 1500  # characters of the formula of a sentence; a longer one nobody would read


@dataclass(frozen=True)
class Lesson:
    """What every sheet is drawn from.

    ``extras``: titles of the sheets that are no step of the network, by what they are ("closeup", "checks", ...).
    ``done``: what was done to a drawing, see ``photo``. ``named``: what each layer is called, which is the title of
    its sheet unless it shares that with others. ``steps``: the looks in their places, as far as they are asked for.
    """

    network: Network
    plan: Plan
    values: dict[str, Any]  # of everything that has a full name, as far as it is known
    words: Words
    book: Book
    trail: tuple[str, ...]  # titles of the sheets in the order of the story, Start first
    extras: Mapping[str, str]
    done: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)

    @property
    def theme(self) -> Theme:
        """The colours."""
        return THEMES[self.book.theme]

    # What is shown

    def look(
        self, name: str, lens: Operation, reads: Mapping[str, Source], style: str | Mapping[str, str], **blocks: Block
    ) -> Look:
        """Add a look and draw it. ``blocks``: the cells of its tensors; ``style``: of all of them, or by own name."""
        made = self.plan.look(name, lens, reads, **blocks)
        self.show(name, style)
        return made

    def put(self, name: str, kind: str, block: Block, value: Any, style: str) -> None:
        """Add cells that the reader fills, and write what stands there at first."""
        self.plan.input(name, kind, block)
        self.fill(name, value, style)

    def fill(self, name: str, value: Any, style: str) -> None:
        """Write what stands at first in cells that the reader fills and that are in the plan."""
        block = self.plan.blocks[name]
        self.values[name] = made = elements_of(value)
        for title in dict.fromkeys(at.sheet for at in block.anchors):
            self.book.sheet(title).tensor(block, made, style)

    def show(self, name: str, style: str | Mapping[str, str]) -> None:
        """Draw a look that is in the plan."""
        self.tell(name)
        step = self._step(name)
        for own, block in step.writes.items():
            value = self.values[f"{name}.{own}"]
            if any(isinstance(v, float) and v != v for v in value.ravel().tolist()):
                raise ValueError(f"{name}.{own} has no value")
            for title in dict.fromkeys(at.sheet for at in block.anchors):
                look = style if isinstance(style, str) else style[own]
                self.book.sheet(title).tensor(block, value, look, step.rules[own])

    def tell(self, name: str) -> None:
        """Work the numbers of a look out, and of those that it reads."""
        step = self._step(name)
        if all(full in self.values for full in step.names.values()):
            return
        told = step.expected({own: self._source(source) for own, source in step.sources.items()})
        self.values.update({step.names[own]: told[own] for own in step.writes})

    def value(self, full: str) -> Any:
        """The numbers or words of a tensor."""
        if full not in self.values:
            self.tell(full.rpartition(".")[0])
        return self.values[full]

    def _source(self, source: str | Area) -> Any:
        if isinstance(source, Area):
            return source.values(self.plan.blocks[source.of], self.value(source.of))
        return self.value(source)

    def _step(self, name: str) -> Step:
        if name not in self.steps:
            self.steps[name] = of_look(self.plan.looks[name], self.plan.find)
        return self.steps[name]


def elements_of(value: Any) -> np.ndarray:
    """A number or text, or several of them, as an array."""
    if isinstance(value, str):
        return single(value)
    if isinstance(value, list) and any(isinstance(one, str) for one in value):
        return listed(value)
    return np.asarray(value, dtype=np.float64)


Telling = tuple[tuple[Piece, ...], dict[str, Source]]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a sheet.

    ``numbers``: the sentence of live numbers, told at length and in short; ``name``: of its look. A sheet that
    computes nothing has ``about`` in place of the three tellings of a formula.
    """

    title: str
    lead: str
    analogy: str = ""
    in_words: str = ""
    in_cells: str = ""
    numbers: tuple[Telling, ...] = ()
    name: str = ""
    longest: int = LONGEST
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
        draw_numbers(lesson, sheet, 6, head)
    for row in range(2, LINKS_ROW):
        if row not in sheet.rows:
            sheet.heights[row] = 4.0


def shown_formula(lesson: Lesson, formula: str) -> str:
    """The line of a head that shows a formula; the cell itself has all of it."""
    shown = formula if len(formula) <= LONGEST_SHOWN else f"{formula[:LONGEST_SHOWN]} ..."
    return lesson.words("step.in_cells", formula=shown)


def draw_numbers(lesson: Lesson, sheet: Sheet, row: int, head: Head) -> None:
    """The line of a head that tells a formula with its numbers; in short where that would be too long."""
    before = [part for part in lesson.words.parts("step.in_numbers") if isinstance(part, str)]
    at = Block((), (Anchor(sheet.title, row, 1),), ())
    for pieces, reads in head.numbers:
        look = Look(head.name, Sentence((*before, *pieces)), reads)
        step = of_look(look, lambda full: at if full.startswith(f"{head.name}.") else lesson.plan.find(full))
        if len(step.rules["out"]()) <= head.longest or pieces is head.numbers[-1][0]:
            lesson.look(head.name, look.lens, reads, "text", out=at)
            return


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
