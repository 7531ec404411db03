"""The classes on the sheet Network: names, logits, probabilities, bars; of too many the most probable ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sheetnet.grid import a1
from sheetnet.layout import CLASSES
from sheetnet.layout.places import down
from sheetnet.layout.sheets.network import NAMES, SHAPES, TABLE, Screen
from sheetnet.lenses import Bar, Copy, Lens, Percent, Picked, Sentence, Source, inline, number_piece
from sheetnet.lesson.beside.network.merged import merge
from sheetnet.lesson.beside.network.order import draw_ranks
from sheetnet.lesson.beside.network.strips import logits
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import number_style, times
from sheetnet.lesson.learning.mirror import own_name
from sheetnet.lesson.story.score import unless_nobody
from sheetnet.network import TRUTH, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.measure import pixels

MOST_NAME, LEAST_NAME = 260, 60  # pixels of the column of the names
TABLE_WIDTHS = (76, 58, 92)  # pixels of logits, probabilities, bars
SIGNS = 7  # of a full bar
LOSS_DIGITS = 4
MOST_FIXED = 10_000  # larger logits have no room for all decimals


def names_width(lesson: Lesson) -> int:
    """Pixels of the names of the classes, and of what stands above and below them."""
    loss = lesson.network.loss
    below = [] if loss is None else [lesson.named[loss.name]]
    longest = max(map(pixels, [*lesson.network.classes, lesson.words("labels.class"), *below]))
    return max(LEAST_NAME, min(MOST_NAME, round(longest) + 12))


def draw_classes(lesson: Lesson, sheet: Sheet, screen: Screen, row: int) -> int:
    """The classes; nothing where the network does not tell them apart. Returns the row of the next list."""
    network, plan = lesson.network, lesson.plan
    node, before = network.line_up, logits(network)
    if node is None or CLASSES not in plan.blocks:
        return row
    count = len(network.classes)
    shown = min(count, screen.classes)
    picks: dict[str, Source] = {}
    chances = f"{node.name}.out"
    if shown < count:  # the most probable ones: their numbers stand in a list below
        numbers = down(sheet.title, row + 1, screen.table + 4, shown)
        draw_ranks(lesson, sheet, screen, chances, "network.classes", shown, row, numbers)
        picks, row = {"numbers": "network.classes.ranks.out"}, row + count + 2
    _draw(lesson, sheet, screen, "names", CLASSES, picks, 0, shown, "text")
    sheet.text(NAMES, screen.table, lesson.words("labels.class"), "text")
    if shown < count:
        sheet.text(SHAPES, screen.table, f"{shown} / {count}", "note")
    if before is not None and plan.blocks[f"{before.name}.out"].shape == (count,):
        full = f"{before.name}.out"
        x = lesson.values[full]
        fixed = np.abs(x).max() < MOST_FIXED and number_style("number", x) == "number"
        style = "fixed" if fixed else "number.general"
        _draw(lesson, sheet, screen, "logits", full, picks, 1, shown, style)
        _head(lesson, sheet, screen, before, 1)
    if picks:  # percents are texts, and bars need numbers
        _draw(lesson, sheet, screen, "chances", chances, picks, 2, shown, "chance")
        chances = "network.chances.out"
    else:
        percents = screen.lines(2, shown)
        lesson.look("network.chances", Percent(), {"x": chances}, "beside", out=percents)
        merge(sheet, percents, screen.line, 1)
    _head(lesson, sheet, screen, node, 2)
    bars = screen.lines(3, shown)
    lesson.look("network.bars", Bar(SIGNS), {"x": chances}, "bar", out=bars)
    merge(sheet, bars, screen.line, 1)
    return row


def _draw(
    lesson: Lesson,
    sheet: Sheet,
    screen: Screen,
    key: str,
    full: str,
    picks: dict[str, Source],
    column: int,
    shown: int,
    style: str,
) -> None:
    block = screen.lines(column, shown)
    lens: Lens = Picked() if picks else Copy()
    lesson.look(f"network.{key}", lens, {"x": full, **picks}, style, out=block)
    merge(sheet, block, screen.line, 1)


def _head(lesson: Lesson, sheet: Sheet, screen: Screen, node: Node, column: int) -> None:
    """The link to the sheet of a column, and the shape of its tensor."""
    sheet.link(NAMES, screen.table + column, lesson.named[node.name], lesson.plan.sheets[node.name])
    shape = lesson.network.shapes[f"{node.name}.out"]
    sheet.text(SHAPES, screen.table + column, times(shape), "shape.note")


def draw_truth(lesson: Lesson, sheet: Sheet, screen: Screen, gradients: Mapping[str, str]) -> None:
    """The gradients of the logits, below the loss, where each class has a line and there is room for as many."""
    before, count = logits(lesson.network), len(lesson.network.classes)
    full = gradients.get(f"{before.name}.out") if before is not None else None
    if full is None or CLASSES not in lesson.plan.blocks or lesson.plan.blocks[full].shape != (count,):
        return
    if (2 * count + 3) * screen.line > screen.rows or screen.classes < count:
        return
    title, values = screen.below_lines(0, count + 2), screen.below_block(1, count + 3, count)
    at, there = title.anchors[0], lesson.plan.blocks[full].anchors[0]
    said = lesson.words("network.back", of=own_name(lesson, "out"))
    sheet.link(at.row, at.column, said, there.sheet, cell=a1(there.row, there.column))
    lesson.look("network.back.logits", Copy(), {"x": full}, "fixed", out=values)
    merge(sheet, title, screen.line, 1)
    merge(sheet, values, screen.line, 1)


def draw_loss(lesson: Lesson, sheet: Sheet, screen: Screen) -> None:
    """The loss, below the classes, where it is one number; that nobody is the truth, where nobody is."""
    node = lesson.network.loss
    if node is None or lesson.plan.blocks[f"{node.name}.out"].shape != ():
        return
    shown = min(len(lesson.network.classes), screen.classes)
    name, value = screen.below_lines(0, shown), screen.below_lines(1, shown)
    at = name.anchors[0]
    sheet.link(at.row, at.column, lesson.named[node.name], lesson.plan.sheets[node.name])
    full = f"{node.name}.out"
    merge(sheet, name, screen.line, 1)
    if TRUTH in node.inputs:
        told = inline(Sentence((number_piece("x", LOSS_DIGITS),)), x=full)
        said = unless_nobody(lesson, told)
        lesson.look("network.loss", said.lens, said.reads, "text", out=value)
        merge(sheet, value, screen.line, TABLE - 1)
    else:
        lesson.look("network.loss", Copy(), {"x": full}, "fixed", out=value)
        merge(sheet, value, screen.line, 1)
