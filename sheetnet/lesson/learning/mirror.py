"""A sheet that has its numbers where another one has those to which they belong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import prod

from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layers import Array
from sheetnet.layers.window import Pads
from sheetnet.layout import CLASSES, FIRST, form, names_at, view_name
from sheetnet.lenses import Copy
from sheetnet.lesson.frame.head import LEAD_ROW
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, LINE
from sheetnet.lesson.frame.looks import TINY, with_zeros
from sheetnet.network import Node
from sheetnet.workbook.book import Sheet

GAP = 2  # columns
FINE, LARGE = 9.9999, 99.99  # below which a square has room for four decimals, and for two


def mirrored(block: Block, titles: Mapping[str, str]) -> Block:
    """The cells at the same places of the sheets that mirror those of the block."""
    anchors = tuple(replace(at, sheet=titles[at.sheet]) for at in block.anchors)
    return Block(block.shape, anchors, block.steps)


def moved(block: Block, columns: int) -> Block:
    """The same cells, so many columns to the right."""
    anchors = tuple(replace(at, column=at.column + columns) for at in block.anchors)
    return Block(block.shape, anchors, block.steps)


def mirror_sheet(lesson: Lesson, title: str, of: str, *, pictures: bool) -> Sheet:
    """A new sheet that looks as the sheet ``of`` does, without anything on it; columns of ``pictures`` are alike."""
    model = lesson.book.sheet(of)
    sheet = lesson.book.add(title, default_width=model.default_width, freeze=BELOW, repeat_rows="1:1")
    if not pictures:
        sheet.widths |= model.widths
    sheet.heights |= {row: height for row, height in model.heights.items() if row >= FIRST}
    sheet.zoom = model.zoom
    return sheet


def label(sheet: Sheet, block: Block, text: str, *, above: bool = False, room: int = 0) -> None:
    """Say what numbers are: to the left of a row or of a single number, above all others, or ``above`` of all.

    ``room``: blank rows that a reader of the numbers needs above them, and in which no words may stand.
    """
    at = block.anchors[0]
    left = not above and (not block.shape or block.steps == ((0, 1),)) and at.column > 1
    row, column = (at.row, at.column - 1) if left else (at.row - 1 - room, at.column)
    sheet.text(row, column, text, "note")


def say_tiny(lesson: Lesson, sheet: Sheet) -> None:
    """Say in the head of a sheet what a number with a power of ten means."""
    if LEAD_ROW + 1 not in sheet.rows:
        sheet.text(LEAD_ROW + 1, 1, lesson.words("learning.tiny"), "note")
        sheet.heights[LEAD_ROW + 1] = LINE


def name_classes(lesson: Lesson, sheet: Sheet, node: Node, of: str) -> None:
    """The names of the classes, where the sheet of a layer has them: beside a table, or above a matrix.

    ``of``: the pass to which the sheet belongs, for the name of the look.
    """
    plan = lesson.plan
    if CLASSES not in plan.blocks:
        return
    matrix = form(lesson.network, node) == "matrix"
    full = f"{view_name(node, 'heads')}.out" if matrix else names_at(plan, node)
    if full in plan.blocks:
        block = mirrored(plan.blocks[full], {at.sheet: sheet.title for at in plan.blocks[full].anchors})
        style = "heading.right" if matrix else "text"
        lesson.look(f"named.{of}.{node.name}", Copy(), {"x": CLASSES}, style, out=block)


def room_around(lesson: Lesson, full: str) -> Pads:
    """Blank rows and columns that readers of a tensor need around it: top, left, bottom, right.

    ``full``: of a tensor of the network. In ``rows`` a row of pixels has a row for each channel.
    """
    top, left, bottom, right = lesson.plan.margins.get(full, (0, 0, 0, 0))
    block = lesson.plan.blocks[full]
    deep = block.shape[0] if len(block.steps) == 3 else 1
    return top * deep, left, bottom * deep, right


def own_name(lesson: Lesson, own: str) -> str:
    """What a tensor or a parameter of a layer is called in a few letters."""
    key = f"learning.own_{own}"
    return lesson.words(key) if key in lesson.words else own


def style_of(pictures: bool, values: Array) -> str:
    """The style of gradients and new weights: four decimals, as far as they have room; powers of ten where tiny.

    Whole numbers, as those of a mask, have none.
    """
    most = float(abs(values).max(initial=0.0))
    if pictures and most and not (values % 1).any():
        return "map.general"
    if 0 < most < TINY:
        return "map.tiny" if pictures else "number.tiny"
    if not pictures:
        return with_zeros("number", values)
    return with_zeros("map.fine" if most < FINE else "map", values) if most < LARGE else "map.general"


class Beside:
    """The free columns on the right of all that lies on mirroring sheets."""

    def __init__(self, blocks: Mapping[str, Block], titles: Mapping[str, str]) -> None:
        self._next: dict[str, int] = {}
        for block in blocks.values():
            for _, last in block.rectangles():
                if last.sheet in titles:
                    title = titles[last.sheet]
                    self._next[title] = max(self._next.get(title, 1), last.column + 1 + GAP)

    def width(self, title: str) -> int:
        """The first free column."""
        return self._next.get(title, 1)

    def begin(self, title: str, column: int) -> None:
        """Let the free columns of a sheet begin at a column."""
        self._next[title] = column

    def take(self, title: str, columns: int) -> int:
        """The first of so many free columns, which are taken."""
        first = self.width(title)
        self._next[title] = first + columns + GAP
        return first

    def like(self, title: str, block: Block, row: int, room: Pads = (0, 0, 0, 0)) -> Block:
        """Cells that lie to each other as those of ``block`` do, from ``row`` on.

        ``room``: rows and columns that stay blank around them; the upper ones begin with ``row``.
        """
        boxes, (above, before, _, behind) = block.rectangles(), room
        top, left = min(first.row for first, _ in boxes), min(first.column for first, _ in boxes)
        wide = max(last.column for _, last in boxes) - left + 1
        down, right = row + above - top, self.take(title, before + wide + behind) + before - left
        anchors = tuple(Anchor(title, at.row + down, at.column + right) for at in block.anchors)
        return Block(block.shape, anchors, block.steps)

    def tiles(self, title: str, shape: Shape, row: int, *, rows: bool = False) -> Block:
        """Cells for a tensor: its last two axes are rectangles; of the others the last goes right, the rest down.

        ``rows``: the axis before the last two lies row by row between theirs, as channels do in ``rows``.
        """
        if rows and len(shape) > 2:
            channels, high, wide = shape[-3:]
            column = self.take(title, wide)
            tops = (row + i * (high * channels + 1) for i in range(prod(shape[:-3])))
            return Block(shape, tuple(Anchor(title, top, column) for top in tops), ((1, 0), (channels, 0), (0, 1)))
        lead, inner = shape[:-2], shape[-2:]
        high, wide = (*inner, 1, 1)[:2] if len(inner) == 2 else (inner[0] if inner else 1, 1)
        across = lead[-1] if len(lead) > 1 else 1
        column = self.take(title, across * (wide + 1))
        places = (divmod(i, across) for i in range(prod(lead)))
        anchors = tuple(Anchor(title, row + y * (high + 1), column + x * (wide + 1)) for y, x in places)
        return Block(shape, anchors, ((1, 0), (0, 1))[: len(inner)])
