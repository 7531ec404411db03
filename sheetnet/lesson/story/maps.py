"""Sheets of pictures: the maps of a layer, with their filters beside them."""

from __future__ import annotations

import numpy as np

from sheetnet.grid import Block, Shape, a1
from sheetnet.layout import CHOSEN, view_name
from sheetnet.layout.plan import ACROSS, DOWN
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import (
    SQUARE_WIDTH,
    add_scale,
    color_of,
    number_style,
    row_height,
    signed_stops,
    tint_padding,
)
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.story.addition import copies, draw_added, repeated
from sheetnet.network import Node
from sheetnet.workbook.book import Sheet

LOW = 7  # rows of a map in rows at least, by which the height of all rows is chosen: there are many of them
TAPE = 10.5  # points: the most that a row of padding is high


def draw_pictures(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """Everything around a layer's maps and filters: labels, numbers of rows and columns, padding, colours."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    out = f"{node.name}.out"
    block = plan.blocks[out]
    stops = map_stops(lesson, node)
    add_scale(sheet, block, stops, *(plan.blocks[f"{name}.out"] for name in copies(plan, node).values()))
    if view_name(node, CHOSEN) in plan.looks:
        _draw_rows(lesson, sheet, node)
    else:
        top, *_ = plan.margins[out]
        is_sum = bool(copies(plan, node))
        for channel in range(block.shape[0]):
            label = words("labels.map", number=channel + 1)
            draw_map(lesson, sheet, block, out, channel, words("residual.sum_of", map=label) if is_sum else label)
        labels = [block.cell(channel, 0, 0).row - top - 2 for channel in range(block.shape[0])]
        sheet.breaks = [row - 1 for row in labels[1:]]  # a map is not cut by the end of a page
        sheet.one_page = len(labels) == 1
    draw_added(lesson, sheet, node)  # after the choice of a map, which its pictures follow
    for own, shape in node.layer.params(network.input_shapes(node)).items():
        _label_parameter(lesson, sheet, f"{node.name}.{own}", own, shape, getattr(node.layer, "groups", 1))


def first_map(lesson: Lesson, node: Node) -> list[Block]:
    """The cells that are to lie on the first screen: the first map, or the chosen one, and F(x) and x beside it."""
    plan, out = lesson.plan, f"{node.name}.out"
    shown = [plan.blocks[f"{name}.out"] for name in copies(plan, node).values()] or [plan.blocks[out]]
    return [Block(block.shape[-2:], block.anchors[:1], (DOWN, ACROSS)) for block in shown]


def map_stops(lesson: Lesson, node: Node) -> list[tuple[str, float | None]]:
    """The colours of a layer's maps: signed numbers have two colours with white at 0, others one that begins at 0."""
    if node.name in lesson.network.signed:
        shown = [f"{node.name}.out", *(repeated(lesson.plan, name) for name in copies(lesson.plan, node).values())]
        return signed_stops(lesson, np.concatenate([lesson.values[full].ravel() for full in shown]))
    return [(lesson.theme.paper, 0.0), (lesson.theme.warm, None)]


def _label_parameter(lesson: Lesson, sheet: Sheet, full: str, own: str, shape: Shape, groups: int) -> None:
    words, block = lesson.words, lesson.plan.blocks[full]
    label = words(f"labels.{own}") if f"labels.{own}" in words else own
    if len(shape) == 4:
        whole = len(block.anchors) == shape[0]
        for number, at in enumerate(block.anchors):
            one, channel = (number, None) if whole else divmod(number, shape[1])
            after = ""
            if channel is not None:  # a filter of a group looks at the maps of its group
                channel += one // (shape[0] // groups) * shape[1]
                after = f" {channel_name(lesson, channel, shape[1] * groups)}"
            names = [words(f"labels.{key}", number=one + 1) + after for key in ("filter", "filter_short")]
            fits = characters(names[0], 9) <= (shape[3] + 1) * SQUARE_WIDTH
            sheet.text(at.row - 1, at.column, names[0] if fits else names[1], "note")
        add_scale(sheet, block, signed_stops(lesson, lesson.values[full]))
        return
    for at in block.anchors:
        sheet.text(at.row - 1, at.column, label, "note")


def channel_name(lesson: Lesson, channel: int, channels: int, key: str = "on_map") -> str:
    """What a channel of a filter reads: a colour of the photo, or a map, in the words ``labels.<key>``."""
    if channels == lesson.network.shape[0] == 3:
        return lesson.words(f"colors.{color_of(lesson.network, channel)}")
    return lesson.words(f"labels.{key}", number=channel + 1)


def _draw_rows(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """A tensor in rows: labels per row, and one channel, chosen by the reader, as a picture."""
    plan, words = lesson.plan, lesson.words
    out = f"{node.name}.out"
    block, view = plan.blocks[out], plan.blocks[f"{view_name(node, CHOSEN)}.out"]
    channels, height, width = block.shape
    top = plan.tops[node.name]
    first = block.cell(0, 0, 0)
    sheet.text(top, 1, words("labels.rows"), "note")
    sheet.text(top + 1, 1, words("labels.row"), "index")
    sheet.text(top + 1, 2, words("labels.channel"), "index")
    for y in range(height):
        for c in range(channels):
            sheet.number(first.row + y * channels + c, 1, y + 1, "index")
            sheet.number(first.row + y * channels + c, 2, c + 1, "index")
    if first.row > top + 2 or plan.margins[out] == (0, 0, 0, 0):
        for x in range(width):
            sheet.number(top + 1, first.column + x, x + 1, "index")
    _tape(sheet, block, plan.margins[out], None)
    choice = view_name(node, "choice")
    at = plan.blocks[choice].anchors[0]
    sheet.text(at.row, at.column - 2, words("labels.view"), "text")
    followed = lesson.thread.places.get(node.name, (0,))[0]  # the map in which the number to follow lies
    lesson.give(choice, followed + 1, "choice")
    sheet.text(at.row, at.column + 2, words("labels.view_of", count=channels), "note")
    sheet.choices.append((a1(at.row, at.column), f"$B${first.row}:$B${first.row + channels - 1}"))
    lesson.show(view_name(node, "used"), "origin")
    lesson.show(view_name(node, CHOSEN), number_style("map", lesson.values[out]))
    parameters = [f"{node.name}.{own}" for own in node.layer.params(lesson.network.input_shapes(node))]
    corners = [last for full in (out, *parameters) for _, last in plan.blocks[full].rectangles()]
    last_row = max([at.row for at in corners if at.sheet == sheet.title] + [view.cell(height - 1, 0).row])
    sheet.heights |= dict.fromkeys(range(first.row, last_row + 1), row_height(max(height, LOW)))


def draw_map(lesson: Lesson, sheet: Sheet, block: Block, name: str, channel: int, label: str | None) -> None:
    """The label, the numbers of rows and columns, and the padding of one channel in planes."""
    _, height, width = block.shape
    top, left, _, _ = lesson.plan.margins.get(name, (0, 0, 0, 0))
    at = block.cell(channel, 0, 0)
    if channel == 0 and any(lesson.plan.margins.get(name, (0, 0, 0, 0))):
        label = f"{label or ''}   {lesson.words('labels.tape')}".strip()
    if label:
        sheet.text(at.row - top - 2, at.column, label, "note")
    for x in range(width):
        sheet.number(at.row - top - 1, at.column + x, x + 1, "index")
    for y in range(height):
        sheet.number(at.row + y, at.column - left - 1, y + 1, "index")
        sheet.heights[at.row + y] = row_height(height)
    _tape(sheet, block, lesson.plan.margins.get(name, (0, 0, 0, 0)), channel)


def _tape(sheet: Sheet, block: Block, margin: tuple[int, int, int, int], channel: int | None) -> None:
    """Tint the padding around one map in planes, or around all maps in rows, for which ``channel`` is None."""
    top, left, bottom, right = margin
    channels, height, width = block.shape
    deep = channels if channel is None else 1
    first = block.cell(channel or 0, 0, 0)
    tint_padding(sheet, first, height * deep, width, (top * deep, left, bottom * deep, right))
    if channel is not None:
        sheet.heights |= {first.row + row: row_height(height) for row in range(height)}
        around = (*range(-top, 0), *range(height, height + bottom))
        sheet.heights |= {first.row + row: min(row_height(height), TAPE) for row in around}
