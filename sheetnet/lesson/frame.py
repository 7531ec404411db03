"""What every sheet has: the lesson it is drawn from, its head and links, the looks of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Block, Shape, a1
from sheetnet.layers import Array
from sheetnet.layout import FIRST, Plan, View
from sheetnet.network import Network, Node
from sheetnet.words import Words
from sheetnet.workbook.book import Book, Scale, Sheet
from sheetnet.workbook.style import NEGATIVE, PAPER, POSITIVE

SQUARE_WIDTH, SQUARE_HEIGHT = 4.6, 27.75  # characters and points: about 37 x 37 pixels
LINK_ROOM = 14.0  # characters from one link of row 5 to the next
COLORS = {1: ("grey",), 3: ("red", "green", "blue")}


@dataclass(frozen=True)
class Lesson:
    """What every sheet is drawn from."""

    network: Network
    plan: Plan
    values: Mapping[str, Array]
    words: Words
    book: Book
    trail: tuple[str, ...]  # titles of the sheets in the order of the story, Start first


def times(shape: Shape) -> str:
    """A shape as people write it: 3 x 28 x 28."""
    return " x ".join(map(str, shape)) if shape else "1"


def color_of(network: Network, channel: int) -> str:
    """The colour of a channel of the photo; grey where there is no colour to it."""
    return COLORS.get(network.shape[0], ("grey",) * network.shape[0])[channel]


def picture_sheet(lesson: Lesson, title: str) -> Sheet:
    """A new sheet of square cells, its head in view while the reader scrolls."""
    return lesson.book.add(title, default_width=SQUARE_WIDTH, freeze=f"A{FIRST}", repeat_rows="1:3")


def draw_head(
    lesson: Lesson, sheet: Sheet, title: str, lead: str, about: str, example: str, node: Node | None = None
) -> None:
    """Rows 1 to 5, the same on every sheet: title, one sentence, formula, example, links."""
    words = lesson.words
    sheet.text(1, 1, title, "title")
    sheet.text(2, 1, lead, "lead")
    if node is not None:
        before = ", ".join(times(shape) for shape in dict.fromkeys(lesson.network.input_shapes(node).values()))
        shape = words("step.shape", before=before, after=times(lesson.network.shapes[f"{node.name}.out"]))
        about = f"{shape}   {about}"
    sheet.text(3, 1, about, "text")
    sheet.text(4, 1, example, "note")
    sheet.heights |= {1: 27.0, 2: 17.0, 3: 15.0, 4: 14.0, 5: 17.0, 6: 6.0}


def draw_links(lesson: Lesson, sheet: Sheet) -> None:
    """Back, home and next in row 5, where the columns leave room for them; so this comes last."""
    words, trail = lesson.words, lesson.trail
    number = trail.index(sheet.title)
    targets = [("step.back", trail[number - 1]), ("step.home", trail[0])]
    if number + 1 < len(trail):
        targets.append(("step.next", trail[number + 1]))
    column, left = 1, 0.0
    for i, (key, title) in enumerate(targets):
        while left < i * LINK_ROOM:
            left += sheet.widths.get(column, sheet.default_width)
            column += 1
        sheet.link(5, column, words(key, title=title), title)
        left += sheet.widths.get(column, sheet.default_width)
        column += 1


def look(style: str, values: Array) -> str:
    """Numbers with fixed decimals, or as they are where all are whole, or too large for a square cell."""
    most = np.inf if style == "number" else 100
    fixed = bool(np.abs(values).max(initial=0.0) < most and (values % 1 != 0).any())
    return style if fixed else f"{style}.general"


def signed_stops(values: Array) -> list[tuple[str, float | None]]:
    """Blue, white, red, with 0 in the middle: the colours mean the same on both sides of it."""
    most = float(f"{np.abs(values).max(initial=0.0):.3g}") or 1.0
    return [(NEGATIVE, -most), (PAPER, 0.0), (POSITIVE, most)]


def add_scale(sheet: Sheet, block: Block, stops: list[tuple[str, float | None]]) -> None:
    """One colour scale for all of a tensor that lies on the sheet."""
    ranges = [f"{a1(a.row, a.column)}:{a1(b.row, b.column)}" for a, b in block.rectangles() if a.sheet == sheet.title]
    sheet.scales.append(Scale(ranges, stops))


def draw_view(lesson: Lesson, sheet: Sheet, view: View, style: str) -> None:
    """Copies: each cell of the view names the cell it repeats."""
    rule = view.rule(lesson.plan.blocks[view.tensor].viewed(sheet.title))
    sheet.tensor(view.block, lesson.values[view.tensor], style, rule)
