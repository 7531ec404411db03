"""The strips themselves: copies of a tensor, in the colours of its own sheet."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from sheetnet.grid import Block, Shape, a1
from sheetnet.layout.addresses import areas
from sheetnet.layout.sheets.network import Placed, Screen
from sheetnet.lenses import Copy, Lens, Picked, Source
from sheetnet.lesson.beside.network.merged import merge
from sheetnet.lesson.beside.network.order import draw_order
from sheetnet.lesson.beside.network.strips import FILTERS, STRIPES, Shown
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import add_scale, color_of, signed_stops
from sheetnet.lesson.learning.mirror import own_name
from sheetnet.lesson.story.maps import map_stops
from sheetnet.network import PHOTO
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale
from sheetnet.workbook.measure import pixels
from sheetnet.workbook.style import GLOW, MINI

ARROW, SPARE = "←", 8  # what is left of a name that has no room; pixels beside a name


def draw_strip(
    lesson: Lesson, sheet: Sheet, screen: Screen, one: Shown, placed: Placed, order: str | None, row: int
) -> int:
    """The copies of a strip. ``order``: the number of the order of chosen maps; ``row``: of the next list.

    Returns the row of the list after that.
    """
    name, reads = f"network.{one.full.removesuffix('.out')}", dict[str, Source](x=one.full)
    if placed.part and order is not None:
        reads["numbers"], row = draw_order(lesson, sheet, screen, placed, one.full, name, order, row)
    shape = _draw_copies(lesson, sheet, one, placed, name, reads)
    _color(lesson, sheet, one, placed.around(shape))
    return row


def _draw_copies(
    lesson: Lesson, sheet: Sheet, one: Shown, placed: Placed, name: str, reads: Mapping[str, Source]
) -> Shape:
    """The copies of a tensor; where its pictures are enlarged, each number in several cells. Returns their shape."""
    full = str(reads["x"])
    shape = (placed.shown, *one.shape[1:]) if "numbers" in reads else one.shape
    same = lesson.plan.blocks[full].shape == shape
    lens: Lens = Picked() if "numbers" in reads else Copy(None if same else shape)
    for line in range(placed.scale):
        block = placed.pictures(shape, line)
        lesson.look(f"{name}.{line + 1}" if line else name, lens, reads, MINI, out=block)
        merge(sheet, block, 1, placed.scale)
    return shape


def _back_name(lesson: Lesson, one: Shown) -> str:
    return lesson.words("network.back", of=own_name(lesson, one.full.rpartition(".")[2]))


def back_width(lesson: Lesson, gradients: Mapping[str, str], one: Shown) -> int:
    """Pixels of what stands above the gradients of what a strip shows; 0 where it has none."""
    return ceil(pixels(_back_name(lesson, one))) + SPARE if one.full in gradients else 0


def draw_back(lesson: Lesson, sheet: Sheet, screen: Screen, one: Shown, placed: Placed, gradient: str) -> None:
    """The gradients of what a strip shows, below it: each in the place of its number, and white where it is 0."""
    name, below = f"network.back.{one.full}", screen.behind(placed)
    at = lesson.plan.blocks[gradient].anchors[0]
    text = _back_name(lesson, one) if back_width(lesson, {one.full: ""}, one) <= placed.room * screen.cell else ARROW
    sheet.link(screen.back, placed.left, text, at.sheet, cell=a1(at.row, at.column))
    reads: dict[str, Source] = {"x": gradient}
    if placed.part:
        reads["numbers"] = f"network.{one.full.removesuffix('.out')}.ranks.out"
    shape = _draw_copies(lesson, sheet, one, below, name, reads)
    add_scale(sheet, below.around(shape), signed_stops(lesson, lesson.value(gradient)))


def _color(lesson: Lesson, sheet: Sheet, one: Shown, block: Block) -> None:
    """The colours that the tensor has on its own sheet; those of a photo glow."""
    if one.kind in (FILTERS, STRIPES):
        add_scale(sheet, block, signed_stops(lesson, lesson.values[one.full]))
        return
    name = one.full.removesuffix(".out")
    if name != PHOTO:
        add_scale(sheet, block, map_stops(lesson, next(n for n in lesson.network.nodes if n.name == name)))
        return
    every = areas(block, sheet.title)
    whole = len(every) == lesson.network.shape[0]
    colors = [color_of(lesson.network, channel) if whole else "grey" for channel in range(len(every))]
    for color in dict.fromkeys(colors):
        ranges = [where for where, its in zip(every, colors, strict=True) if its == color]
        sheet.scales.append(Scale(ranges, [("FF000000", 0.0), (GLOW[color][0], float(lesson.network.levels))]))
