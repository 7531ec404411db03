"""The sheets of a network, drawn around the cells that ``layout`` has placed: heads, labels, colours, links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Anchor, Block, Shape, a1
from sheetnet.layers import Array
from sheetnet.layout import CHOSEN, FIRST, Plan, View
from sheetnet.network import PHOTO, TRUTH, Network, Node
from sheetnet.words import Words
from sheetnet.workbook.book import Book, Scale, Sheet
from sheetnet.workbook.style import CHANNEL, GLOW, NEGATIVE, PAPER, POSITIVE, WARM

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


def draw_channels(lesson: Lesson) -> None:
    """One sheet per colour channel: the pixels, which are the input."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    block = plan.blocks[f"{PHOTO}.out"]
    channels, height, width = network.shape
    for channel, title in enumerate(plan.channels):
        color = color_of(network, channel)
        sheet = _picture_sheet(lesson, title)
        sheet.one_page = True
        known = "channel_title" if channels in COLORS else "other_title"
        about = words("input.channel_about", height=height, width=width, count=height * width)
        named = words(f"input.{known}", title=title, color=words(f"colors.{color}"))
        _head(lesson, sheet, named, words("input.channel_lead"), about, "")
        _map(lesson, sheet, block, f"{PHOTO}.out", channel, None)
        sheet.tensor(block, lesson.values[f"{PHOTO}.out"], "pixel")
        _scale(sheet, block, [(PAPER, 0.0), (CHANNEL[color], 255.0)])
        _draw_links(lesson, sheet)


def draw_photo(lesson: Lesson) -> None:
    """The sheet Photo: all channels of a pixel below each other, live, glowing like the dots of a screen."""
    network, words = lesson.network, lesson.words
    view = lesson.plan.views[PHOTO]
    channels = network.shape[0]
    sheet = _picture_sheet(lesson, view.block.anchors[0].sheet)
    sheet.one_page = True
    lead = words("input.photo_lead", channels=channels)
    if channels == 1:
        lead = words("input.photo_lead_grey", title=lesson.plan.channels[0])
    _head(lesson, sheet, words("input.photo_title"), lead, words("input.photo_about"), "")
    _view(lesson, sheet, view, "glow")
    _numbers_beside(sheet, view.block.cell(0, 0, 0), network.shape[1], network.shape[2], channels)
    for row in range(FIRST + 2, FIRST + 2 + network.shape[1] * channels):
        sheet.heights[row] = SQUARE_HEIGHT / channels if channels <= 3 else 9
    for channel in range(channels):
        bright, start = GLOW[color_of(network, channel)]
        ranges = [view.block[channel, y, :] for y in range(network.shape[1])]
        ranges = [text.rpartition("!")[2] for text in ranges]
        sheet.scales.append(Scale(ranges, [("FF000000", 0.0), (bright, 255.0)]))
        sheet.contrasts.append((" ".join(ranges), float(start), "FF000000"))
    _draw_links(lesson, sheet)


def draw_node(lesson: Lesson, node: Node) -> None:
    """The sheet of one layer."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    title = plan.sheets[node.name]
    out = f"{node.name}.out"
    pictures = len(network.shapes[out]) == 3
    sheet = _picture_sheet(lesson, title) if pictures else lesson.book.add(title, freeze=f"A{FIRST + 1}")
    rules = node.layer.forward_cells(plan.seen(node))
    kind = f"kinds.{node.layer.kind}"
    options = {"height": "", "width": "", "down": "", "padding": ""} | _window(node)
    about = words(f"{kind}.formula", **options)
    first = plan.blocks[out].cell(*(0,) * len(network.shapes[out]))
    formula = rules["out"](*(0,) * len(network.shapes[out]))
    example = words("step.example", address=a1(first.row, first.column), formula=formula)
    _head(lesson, sheet, f"{words(f'{kind}.title')}: {node.name}", words(f"{kind}.lead"), about, example, node)
    for own, rule in rules.items():
        full = f"{node.name}.{own}"
        answer = node.layer.kind in ("softmax", "crossentropy") and own == "out"
        percent = "answer.percent" if node.layer.kind == "softmax" else "answer.number"
        look = _look("map" if len(network.shapes[full]) == 3 else "number", lesson.values[full])
        style = percent if answer else look
        sheet.tensor(plan.blocks[full], lesson.values[full], style, rule)
    for own in node.layer.params(network.input_shapes(node)):
        value = lesson.values[f"{node.name}.{own}"]
        sheet.tensor(plan.blocks[f"{node.name}.{own}"], value, _look("weight", value) if pictures else "weight.wide")
    if pictures:
        _draw_pictures(lesson, sheet, node)
    else:
        _draw_table(lesson, sheet, node)
    _draw_links(lesson, sheet)


def _look(style: str, values: Array) -> str:
    """Numbers with fixed decimals, or as they are where all are whole, or too large for a square cell."""
    most = np.inf if style == "number" else 100
    fixed = bool(np.abs(values).max(initial=0.0) < most and (values % 1 != 0).any())
    return style if fixed else f"{style}.general"


def _signed(values: Array) -> list[tuple[str, float | None]]:
    """Blue, white, red, with 0 in the middle: the colours mean the same on both sides of it."""
    most = float(f"{np.abs(values).max(initial=0.0):.3g}") or 1.0
    return [(NEGATIVE, -most), (PAPER, 0.0), (POSITIVE, most)]


def _window(node: Node) -> dict[str, object]:
    """The options of a window as words fill them in."""
    size, stride = getattr(node.layer, "size", None), getattr(node.layer, "stride", None)
    if size is None or stride is None:
        return {}
    padding = getattr(node.layer, "padding", "valid")
    shown = padding if isinstance(padding, str) else times(padding)
    down = str(stride[0]) if stride[0] == stride[1] else times(stride)
    return {"height": size[0], "width": size[1], "down": down, "padding": shown}


def _picture_sheet(lesson: Lesson, title: str) -> Sheet:
    return lesson.book.add(title, default_width=SQUARE_WIDTH, freeze=f"A{FIRST}", repeat_rows="1:3")


def _head(
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


def _draw_links(lesson: Lesson, sheet: Sheet) -> None:
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


def _draw_pictures(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    network, plan, words = lesson.network, lesson.plan, lesson.words
    out = f"{node.name}.out"
    block = plan.blocks[out]
    stops = _signed(lesson.values[out]) if _is_signed(network, node) else [(PAPER, 0.0), (WARM, None)]
    _scale(sheet, block, stops)
    if f"{node.name}.{CHOSEN}" in plan.views:
        _draw_rows(lesson, sheet, node, stops)
    else:
        for channel in range(block.shape[0]):
            _map(lesson, sheet, block, out, channel, words("labels.map", number=channel + 1))
    for own, shape in node.layer.params(network.input_shapes(node)).items():
        _label_parameter(lesson, sheet, f"{node.name}.{own}", own, shape)


def _label_parameter(lesson: Lesson, sheet: Sheet, full: str, own: str, shape: Shape) -> None:
    words, block = lesson.words, lesson.plan.blocks[full]
    label = words(f"labels.{own}") if f"labels.{own}" in words else own
    if len(shape) == 4:
        whole = len(block.anchors) == shape[0]
        for number, at in enumerate(block.anchors):
            one, channel = (number, None) if whole else divmod(number, shape[1])
            name = words("labels.filter", number=one + 1)
            text = name if channel is None else f"{name} {_glass_name(lesson, channel, shape[1])}"
            sheet.text(at.row - 1, at.column, text, "note")
        _scale(sheet, block, _signed(lesson.values[full]))
        return
    tops = block.anchors if len(block.anchors) > 1 else (block.anchors[0],)
    for at in tops:
        sheet.text(at.row - 1, at.column, label, "note")


def _glass_name(lesson: Lesson, channel: int, channels: int) -> str:
    """What a layer of glass looks at: a colour of the photo, or a map."""
    if channels == lesson.network.shape[0] == 3:
        return lesson.words(f"colors.{color_of(lesson.network, channel)}")
    return lesson.words("labels.glass", number=channel + 1)


def _draw_rows(lesson: Lesson, sheet: Sheet, node: Node, stops: list[tuple[str, float | None]]) -> None:
    """A tensor in rows: labels per row, and one channel, chosen by the reader, as a picture."""
    plan, words = lesson.plan, lesson.words
    out = f"{node.name}.out"
    block, view = plan.blocks[out], plan.views[f"{node.name}.{CHOSEN}"]
    channels, height, width = block.shape
    first = block.cell(0, 0, 0)
    sheet.text(FIRST + 1, 1, words("labels.row"), "index")
    sheet.text(FIRST + 1, 2, words("labels.channel"), "index")
    for y in range(height):
        for c in range(channels):
            sheet.number(first.row + y * channels + c, 1, y + 1, "index")
            sheet.number(first.row + y * channels + c, 2, c + 1, "index")
    if first.row > FIRST + 2 or plan.margins[out] == (0, 0, 0, 0):
        for x in range(width):
            sheet.number(FIRST + 1, first.column + x, x + 1, "index")
    _tape(sheet, block, plan.margins[out], None)
    if view.choice is None:
        return
    sheet.text(view.choice.row, view.choice.column - 2, words("labels.view"), "text")
    sheet.number(view.choice.row, view.choice.column, 1, "choice")
    sheet.choices.append((a1(view.choice.row, view.choice.column), f"$B${first.row}:$B${first.row + channels - 1}"))
    rule = view.rule(block.viewed(sheet.title))
    sheet.tensor(view.block, lesson.values[out][0], _look("map", lesson.values[out]), rule)
    for y in range(height):
        sheet.heights[view.block.cell(y, 0).row] = SQUARE_HEIGHT
    _scale(sheet, view.block, stops)


def _draw_table(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """A table: a row per element; a dense layer has a column per suspect as well."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    sheet.widths |= {1: 9.0, 2: 24.0}
    of = network.input_shapes(node)
    jury = [own for own, shape in node.layer.params(of).items() if len(shape) == 2]
    for name, view in plan.views.items():
        if name.partition(".")[0] == node.name:
            _view(lesson, sheet, view, _look("number", lesson.values[view.tensor]))
    if TRUTH in node.inputs and plan.blocks[f"{TRUTH}.out"].anchors[0].sheet == sheet.title:
        sheet.tensor(plan.blocks[f"{TRUTH}.out"], lesson.values[f"{TRUTH}.out"], "input")
    if jury:
        _label_jury(lesson, sheet, node, jury[0])
        return
    columns = {name: view.block for name, view in plan.views.items() if name.partition(".")[0] == node.name}
    columns |= {full: plan.blocks[full] for full in network.names(node).values()}
    sheet.text(FIRST, 1, words("labels.number"), "heading")
    out = plan.blocks[f"{node.name}.out"]
    tall = max((b for b in columns.values() if b.shape), key=lambda b: b.shape[0], default=out)
    same = len(network.classes) == (tall.shape or (0,))[0]
    sheet.text(FIRST, 2, words("labels.suspect") if same else "", "heading")
    for number, name in enumerate(_element_names(lesson, (tall.shape or (1,))[0])):
        sheet.number(FIRST + 1 + number, 1, number + 1, "index")
        sheet.text(FIRST + 1 + number, 2, name, "text")
    for full, block in columns.items():
        own = full.partition(".")[2]
        at = block.anchors[0]
        if at.sheet != sheet.title:
            continue
        own = TRUTH if full == f"{TRUTH}.out" else own
        key = f"labels.{node.layer.kind}.{own}"
        label = words(key) if key in words else words("labels.value") if own == "out" else own
        if block.shape:
            sheet.text(FIRST, at.column, label, "heading.right")
            sheet.widths[at.column] = max(14.0, len(label) * 0.95)
        else:
            sheet.text(at.row, at.column + 1, label, "text")
            sheet.widths[at.column] = max(14.0, sheet.widths.get(at.column, 0))
    if len(of.get("x", ())) == 3:
        _label_origins(lesson, sheet, of["x"])


def _label_jury(lesson: Lesson, sheet: Sheet, node: Node, weight: str) -> None:
    plan, words = lesson.plan, lesson.words
    shape = lesson.network.parameters[f"{node.name}.{weight}"]
    block = plan.blocks[f"{node.name}.{weight}"]
    for row, key in ((FIRST + 1, "logit"), (FIRST + 2, "bias")):
        sheet.text(row, 1, words(f"labels.{key}"), "text")
    sheet.text(FIRST, 1, "", "heading")
    for column in (2, 3):
        sheet.text(FIRST, column, "", "heading")
    sheet.text(FIRST + 4, 1, words("labels.number"), "heading")
    sheet.text(FIRST + 4, 2, "", "heading")
    sheet.text(FIRST + 4, 3, words("labels.evidence"), "heading.right")
    sheet.widths |= {2: 4.0, 3: 14.0}
    for unit, name in enumerate(_element_names(lesson, shape[0])):
        column = block.cell(unit, 0).column
        sheet.text(FIRST, column, name, "heading.right")
        sheet.text(FIRST + 4, column, name, "heading.right")
        sheet.widths[column] = min(30.0, max(14.0, len(name) * 1.1))
    for i in range(shape[1]):
        sheet.number(block.cell(0, i).row, 1, i + 1, "index")
    _scale(sheet, block, _signed(lesson.values[f"{node.name}.{weight}"]))
    sheet.freeze = f"A{FIRST + 5}"


def _label_origins(lesson: Lesson, sheet: Sheet, shape: Shape) -> None:
    """Which map, row and column each flattened element came from."""
    for column, key in ((3, "channel"), (4, "row"), (5, "column")):
        sheet.text(FIRST, column, lesson.words(f"labels.{key}"), "heading.right")
        sheet.widths[column] = 8.0
    sheet.widths[2] = 2.0
    for number, index in enumerate(np.ndindex(*shape)):
        for column, i in enumerate(index, 3):
            sheet.number(FIRST + 1 + number, column, i + 1, "index")


def _element_names(lesson: Lesson, count: int) -> list[str]:
    """What the elements of a column are called: suspects, where there is one for each."""
    classes = lesson.network.classes
    return list(classes) if count == len(classes) else [""] * count


def _view(lesson: Lesson, sheet: Sheet, view: View, style: str) -> None:
    """Copies: each cell of the view names the cell it repeats."""
    rule = view.rule(lesson.plan.blocks[view.tensor].viewed(sheet.title))
    sheet.tensor(view.block, lesson.values[view.tensor], style, rule)


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


def _scale(sheet: Sheet, block: Block, stops: list[tuple[str, float | None]]) -> None:
    """One colour scale for all of a tensor that lies on the sheet."""
    ranges = [f"{a1(a.row, a.column)}:{a1(b.row, b.column)}" for a, b in block.rectangles() if a.sheet == sheet.title]
    sheet.scales.append(Scale(ranges, stops))


def _is_signed(network: Network, node: Node) -> bool:
    """Whether a map can hold negative numbers: ReLU ends that, pooling keeps it."""
    if node.layer.kind == "relu":
        return False
    if node.layer.kind == "maxpool2d":
        before = next((n for n in network.nodes if n.name == node.inputs[0]), None)
        return before is not None and _is_signed(network, before)
    return True
