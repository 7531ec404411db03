"""Sheets of pictures: the photo, its channels, and the maps of a layer with their filters beside them."""

from __future__ import annotations

import numpy as np

from sheetnet.grid import Anchor, Block, Shape, a1
from sheetnet.layout import CHOSEN, FIRST, PICTURES, Plan, view_name
from sheetnet.lesson.added import copies, draw_added, repeated
from sheetnet.lesson.frame import (
    COLORS,
    SQUARE_HEIGHT,
    SQUARE_WIDTH,
    Head,
    Lesson,
    add_scale,
    color_of,
    draw_head,
    draw_links,
    look,
    picture_sheet,
    signed_stops,
)
from sheetnet.lesson.measure import characters
from sheetnet.network import PHOTO, Network, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale
from sheetnet.workbook.style import GLOW


def draw_channels(lesson: Lesson) -> None:
    """One sheet per colour channel: the pixels, which are the input."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    block = plan.blocks[f"{PHOTO}.out"]
    channels, height, width = network.shape
    for channel, title in enumerate(plan.channels):
        color = color_of(network, channel)
        sheet = picture_sheet(lesson, title)
        sheet.one_page = True
        known = "channel_title" if channels in COLORS else "other_title"
        drawn = "_drawn" if PHOTO in plan.looks else ""
        about = words(f"input.channel_about{drawn}", height=height, width=width, count=height * width)
        named = words(f"input.{known}", title=title, color=words(f"colors.{color}"))
        lead = words(f"input.channel_lead{drawn}", levels=network.levels)
        head = Head(named, lead, words("input.analogy"), about=about)
        draw_head(lesson, sheet, head)
        _map(lesson, sheet, block, f"{PHOTO}.out", channel, None)
        if PHOTO not in plan.looks:
            sheet.tensor(block, lesson.values[f"{PHOTO}.out"], "pixel")
        add_scale(sheet, block, [(lesson.theme.paper, 0.0), (lesson.theme.channel[color], float(network.levels))])
        draw_links(lesson, sheet, *draw_sheets(plan))
    if PHOTO in plan.looks:
        lesson.show(PHOTO, "map.general")


def draw_sheets(plan: Plan) -> list[str]:
    """The title of the sheet on which the reader draws, where there is one."""
    return [plan.blocks[PICTURES].anchors[0].sheet] if PICTURES in plan.blocks else []


def draw_photo(lesson: Lesson) -> None:
    """The sheet Photo: all channels of a pixel below each other, live, glowing like the dots of a screen."""
    network, words = lesson.network, lesson.words
    view = lesson.plan.blocks["view.photo.out"]
    channels = network.shape[0]
    sheet = picture_sheet(lesson, view.anchors[0].sheet)
    sheet.one_page = True
    lead = words("input.photo_lead", channels=channels)
    if channels == 1:
        lead = words("input.photo_lead_grey", title=lesson.plan.channels[0])
    head = Head(words("input.photo_title"), lead, words("input.analogy"), about=photo_about(lesson))
    draw_head(lesson, sheet, head)
    lesson.show("view.photo", "glow")
    _numbers_beside(sheet, view.cell(0, 0, 0), network.shape[1], network.shape[2], channels)
    for row in range(FIRST + 2, FIRST + 2 + network.shape[1] * channels):
        sheet.heights[row] = SQUARE_HEIGHT / min(channels, 3)
    for channel in range(channels):
        bright, start = GLOW[color_of(network, channel)]
        ranges = [view[channel, y, :] for y in range(network.shape[1])]
        ranges = [text.rpartition("!")[2] for text in ranges]
        sheet.scales.append(Scale(ranges, [("FF000000", 0.0), (bright, float(network.levels))]))
        sheet.contrasts.append((" ".join(ranges), start * network.levels / 255, "FF000000"))
    draw_links(lesson, sheet)


def photo_about(lesson: Lesson) -> str:
    """What there is to say of the photo: what was done to it, or how to look at it."""
    return drawing_done(lesson) or lesson.words("input.photo_about")


def drawing_done(lesson: Lesson) -> str:
    """What was done to a drawing, to read it; an empty text for nothing."""
    return " ".join(lesson.words(f"input.{key}") for key in lesson.done)


def draw_pictures(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """What stands around a layer's maps and filters: labels, numbers of rows and columns, padding, colours."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    out = f"{node.name}.out"
    block = plan.blocks[out]
    stops = map_stops(lesson, node)
    add_scale(sheet, block, stops, *(plan.blocks[f"{name}.out"] for name in copies(plan, node).values()))
    if view_name(node, CHOSEN) in plan.looks:
        _draw_rows(lesson, sheet, node)
    else:
        top, *_ = plan.margins[out]
        sums = {own for own in copies(plan, node) if own}
        for channel in range(block.shape[0]):
            label = words("labels.map", number=channel + 1)
            _map(lesson, sheet, block, out, channel, words("residual.sum_of", map=label) if sums else label)
        labels = [block.cell(channel, 0, 0).row - top - 2 for channel in range(block.shape[0])]
        sheet.breaks = [row - 1 for row in labels[1:]]  # a map is not cut by the end of a page
        sheet.one_page = len(labels) == 1
    draw_added(lesson, sheet, node)  # after the choice of a map, which its pictures follow
    for own, shape in node.layer.params(network.input_shapes(node)).items():
        _label_parameter(lesson, sheet, f"{node.name}.{own}", own, shape, getattr(node.layer, "groups", 1))


def map_stops(lesson: Lesson, node: Node) -> list[tuple[str, float | None]]:
    """The colours of a layer's maps: signed numbers on both sides of white, others from white on."""
    if node.name in signed_nodes(lesson.network):
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
                after = f" {glass_name(lesson, channel, shape[1] * groups)}"
            names = [words(f"labels.{key}", number=one + 1) + after for key in ("filter", "filter_short")]
            fits = characters(names[0], 9) <= (shape[3] + 1) * SQUARE_WIDTH
            sheet.text(at.row - 1, at.column, names[0] if fits else names[1], "note")
        add_scale(sheet, block, signed_stops(lesson, lesson.values[full]))
        return
    tops = block.anchors if len(block.anchors) > 1 else (block.anchors[0],)
    for at in tops:
        sheet.text(at.row - 1, at.column, label, "note")


def glass_name(lesson: Lesson, channel: int, channels: int) -> str:
    """What a layer of glass looks at: a colour of the photo, or a map."""
    if channels == lesson.network.shape[0] == 3:
        return lesson.words(f"colors.{color_of(lesson.network, channel)}")
    return lesson.words("labels.glass", number=channel + 1)


def _draw_rows(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """A tensor in rows: labels per row, and one channel, chosen by the reader, as a picture."""
    plan, words = lesson.plan, lesson.words
    out = f"{node.name}.out"
    block, view = plan.blocks[out], plan.blocks[f"{view_name(node, CHOSEN)}.out"]
    channels, height, width = block.shape
    top = plan.tops[node.name]
    first = block.cell(0, 0, 0)
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
    lesson.fill(choice, 1, "choice")
    sheet.choices.append((a1(at.row, at.column), f"$B${first.row}:$B${first.row + channels - 1}"))
    lesson.show(view_name(node, "used"), "origin")
    lesson.show(view_name(node, CHOSEN), look("map", lesson.values[out]))
    for y in range(height):
        sheet.heights[view.cell(y, 0).row] = SQUARE_HEIGHT


def _map(lesson: Lesson, sheet: Sheet, block: Block, name: str, channel: int, label: str | None) -> None:
    """Label, row and column numbers and padding of one channel in planes."""
    _, height, width = block.shape
    top, left, _, _ = lesson.plan.margins.get(name, (0, 0, 0, 0))
    at = block.cell(channel, 0, 0)
    if label:
        sheet.text(at.row - top - 2, at.column, label, "note")
    corner = Anchor(at.sheet, at.row, at.column)
    for x in range(width):
        sheet.number(at.row - top - 1, at.column + x, x + 1, "index")
    for y in range(height):
        sheet.number(at.row + y, corner.column - left - 1, y + 1, "index")
        sheet.heights[at.row + y] = SQUARE_HEIGHT
    _tape(sheet, block, lesson.plan.margins.get(name, (0, 0, 0, 0)), channel)


def _tape(sheet: Sheet, block: Block, margin: tuple[int, int, int, int], channel: int | None) -> None:
    """Padding: blank cells around a map, tinted."""
    top, left, bottom, right = margin
    channels, height, width = block.shape
    deep = channels if channel is None else 1
    first = block.cell(channel or 0, 0, 0)
    rows, columns = height * deep, width
    for r in range(-top * deep, rows + bottom * deep):
        inside = 0 <= r < rows
        for c in range(-left, columns + right):
            if not (inside and 0 <= c < columns):
                sheet.blank(first.row + r, first.column + c, "tape")
        if channel is not None:
            sheet.heights[first.row + r] = SQUARE_HEIGHT


def _numbers_beside(sheet: Sheet, first: Anchor, height: int, width: int, step: int) -> None:
    for x in range(width):
        sheet.number(first.row - 1, first.column + x, x + 1, "index")
    for y in range(height):
        sheet.number(first.row + y * step, first.column - 1, y + 1, "index")


def signed_nodes(network: Network) -> set[str]:
    """The names of the layers whose numbers can be negative, and of the extra tensors; a photo's are not."""
    found = {name for name, _ in network.extra}
    for node in network.nodes:
        if node.layer.signs == "any" or (node.layer.signs == "kept" and found.intersection(node.inputs)):
            found.add(node.name)
    return found
