"""The sheet Draw: a canvas on which the reader draws, what the network sees of it, and what it says, live.

From left to right: the canvas; the choice between it and the samples, the answer, a bar per class; what the network
sees. Below: the samples, in the columns of the canvas, so that INDEX finds a pixel of whichever picture is chosen.
"""

from __future__ import annotations

import numpy as np

from sheetnet.case.drawing import Drawing
from sheetnet.grid import Anchor, Block, a1
from sheetnet.layout import CHOICE, CLASSES, DRAWING, FIRST, NUMBER, PICTURES
from sheetnet.layout.places import absolute, cell, down, grid, span
from sheetnet.layout.plan import ACROSS, DOWN
from sheetnet.lenses import (
    Area,
    Bar,
    Chosen,
    Copy,
    Measure,
    NameOf,
    Painted,
    Picture,
    Sentence,
    Source,
    When,
    element,
    inline,
    number_piece,
)
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links
from sheetnet.lesson.frame.looks import SQUARE_HEIGHT, SQUARE_WIDTH
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.story.outcome import MOST_CHARTED
from sheetnet.network import PHOTO
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Mark, Scale
from sheetnet.workbook.style import BLACK_FROM, WHITE_FROM

LEFT, TOP = 3, FIRST + 2  # first column and first row of the canvas
SMALL = 16  # pixels a side; of a larger canvas the cells are smaller
SMALL_WIDTH, SMALL_HEIGHT = 3.43, 18.0  # characters and points: 24 x 24 pixels
NAMES_WIDTH, SHARE_WIDTH, BARS_WIDTH, WIDEST = 25.0, 8.0, 18.0, 60.0
FULL = 10  # signs of a full bar: they fit even where a font has them as wide as high
SHADES = 5  # numbers, from paper to full ink, that are shown below the canvas


def place_canvas(lesson: Lesson, title: str, drawing: Drawing) -> None:
    """Reserve the cells, so that others can refer to them and the proof finds them."""
    network, planner = lesson.network, lesson.planner
    _, height, width = network.shape
    names, seen = LEFT + width + 2, LEFT + width + 7
    count, classes = len(drawing.samples) + 1, len(network.classes) if network.line_up is not None else 0
    below = 0 if drawing.colors else 2  # what the numbers look like
    apart = max(height + below, (classes if classes <= MOST_CHARTED else 0) + len(drawing.colors) + 1) + 3
    lists = TOP + apart
    pictures = Block((count, height, width), (Anchor(title, TOP, LEFT),), ((apart, 0), DOWN, ACROSS))
    planner.input(PICTURES, DRAWING, pictures)
    planner.input("draw.choice", CHOICE, cell(title, FIRST, names))
    lesson.constant("draw.names", down(title, lists, names, count), picture_names(lesson, drawing))
    reads = {"names": "draw.names", "choice": "draw.choice"}
    blocks = {"picks": down(title, lists, names + 1, count), "out": cell(title, lists + count, names + 1)}
    planner.look("draw.chosen", Chosen(), reads, **blocks)
    lens = Picture(drawing.most(network.levels), whole=bool(drawing.colors))
    reads = {"pictures": PICTURES, "number": "draw.chosen.out"}
    planner.look("draw.seen", lens, reads, out=grid(title, TOP, seen, height, width))
    photo = lesson.plan.blocks[f"{PHOTO}.out"]
    if drawing.colors:
        planner.input("draw.palette", NUMBER, grid(title, lists, seen, len(drawing.colors), 3))
        planner.look(PHOTO, Painted(), {"seen": "draw.seen.out", "palette": "draw.palette"}, out=photo)
    else:
        planner.look(PHOTO, Copy((1, height, width)), {"x": "draw.seen.out"}, out=photo)


def draw_canvas(lesson: Lesson, title: str, drawing: Drawing, source: str) -> None:
    """The sheet; ``place_canvas`` has reserved its cells. ``source``: where the samples come from."""
    words, pictures = lesson.words, lesson.plan.blocks[PICTURES]
    _, height, width = pictures.shape
    large = max(height, width) <= SMALL
    sheet = lesson.book.sheet(title)
    sheet.default_width = SQUARE_WIDTH if large else SMALL_WIDTH
    sheet.freeze, sheet.one_page = f"A{FIRST}", True
    names, seen = _names_column(lesson), lesson.plan.blocks["draw.seen.out"].anchors[0].column
    longest = max(map(characters, [*lesson.network.classes, *picture_names(lesson, drawing), words("draw.number")]))
    longest = max(longest, characters(words("draw.lists"), bold=True))
    sheet.widths |= {1: 2.0, names - 2: 2.0, names: min(max(NAMES_WIDTH, longest), WIDEST)}
    sheet.widths |= {names + 1: SHARE_WIDTH, names + 2: BARS_WIDTH}
    kind, most = "colors" if drawing.colors else "grey", drawing.most(lesson.network.levels)
    lead, about = words(f"draw.lead_{kind}", most=most), words("draw.about", cells=canvas_range(pictures))
    draw_head(lesson, sheet, Head(words("draw.title"), lead, words(f"draw.analogy_{kind}"), about=about))
    sheet.heights |= {FIRST: 21.0, FIRST + 1: 39.0}
    _draw_pictures(lesson, sheet, drawing, SQUARE_HEIGHT if large else SMALL_HEIGHT)
    _draw_lists(lesson, sheet, drawing, source)
    _draw_heading(lesson, sheet)
    sheet.text(FIRST, seen, words("draw.seen"), "heading.plain")
    _draw_seen(lesson, sheet)
    _draw_shades(lesson, sheet, drawing)
    _color(lesson, sheet, drawing)
    row = _draw_answer(lesson, sheet, names)
    row = _draw_legend(lesson, sheet, drawing, row + 1)
    sheet.print_rows = max(TOP + height + (0 if drawing.colors else 2), row) - 1
    draw_links(lesson, sheet)


def _names_column(lesson: Lesson) -> int:
    """The column of the choice, of the answers, and of all lists."""
    return lesson.plan.blocks["draw.names"].anchors[0].column


def picture_names(lesson: Lesson, drawing: Drawing) -> list[str]:
    """What the pictures are called in the list: my drawing, and each sample by its class."""
    called = [lesson.words("draw.mine")]
    classes = [name for name, _ in drawing.samples]
    for number, name in enumerate(classes):
        before = classes[:number].count(name)
        key = "draw.sample_more" if before else "draw.sample"
        called.append(lesson.words(key, name=name, number=before + 1))
    return called


def _draw_heading(lesson: Lesson, sheet: Sheet) -> None:
    """Above the canvas; it says when it is still empty, and when it goes unseen because a sample is chosen."""
    words, whole = lesson.words, lesson.plan.blocks[PICTURES]
    canvas = Area(PICTURES, 0, 0, 0, whole.shape[1:])
    mine = inline(When(0.0, words("draw.canvas_empty"), words("draw.canvas")), x=inline(Measure("MAX"), x1=canvas))
    said = When(1.0, ("mine",), words("draw.canvas_unseen"))
    reads: dict[str, Source] = {"x": "draw.chosen.out", "mine": mine}
    lesson.look("draw.heading", said, reads, "heading.plain", out=cell(sheet.title, FIRST, LEFT))


def _draw_pictures(lesson: Lesson, sheet: Sheet, drawing: Drawing, tall: float) -> None:
    """The canvas and the samples, one below the other; 0 is a blank cell."""
    words, block = lesson.words, lesson.plan.blocks[PICTURES]
    count, height, width = block.shape
    values = np.empty(block.shape, dtype=object)
    for k, picture in enumerate(drawing.pictures()):
        top = block.cell(k, 0, 0).row
        if k:
            _draw_name(lesson, drawing, k, cell(sheet.title, top - 1, LEFT), f"draw.sample.{k}")
        for y, x in np.ndindex(height, width):
            values[k, y, x] = float(picture[y, x]) if picture[y, x] else ""
            if picture[y, x]:
                sheet.number(top + y, LEFT + x, float(picture[y, x]), "canvas")
            else:
                sheet.blank(top + y, LEFT + x, "canvas")
        sheet.heights |= {top + y: tall for y in range(height)}
        first, last = block.cell(k, 0, 0), block.cell(k, height - 1, width - 1)
        most = drawing.most(lesson.network.levels)
        sheet.limits.append(
            (f"{a1(first.row, first.column)}:{a1(last.row, last.column)}", most, words("draw.limit", most=most))
        )
    lesson.values[PICTURES] = values
    if count > 1:
        top = block.cell(1, 0, 0).row - 2
        sheet.text(top, LEFT, words("draw.samples"), "heading.plain")


def _draw_name(lesson: Lesson, drawing: Drawing, k: int, at: Block, name: str) -> None:
    """The class of a sample: that of the network, or a word of its own where the network has another."""
    known = drawing.samples[k - 1][0]
    if known in lesson.network.classes and CLASSES in lesson.plan.blocks:
        number = lesson.network.classes.index(known)
        source = element(CLASSES, lesson.plan.blocks[CLASSES], number)
        lesson.look(name, Sentence((("name",),)), {"name": source}, "note", out=at)
    else:
        lesson.book.sheet(at.anchors[0].sheet).text(at.anchors[0].row, at.anchors[0].column, known, "note")


def _draw_seen(lesson: Lesson, sheet: Sheet) -> None:
    """What the network sees: the chosen picture, cell by cell, between the numbers of rows and columns."""
    block = lesson.plan.blocks["draw.seen.out"]
    height, width = block.shape
    for left in (LEFT, block.anchors[0].column):
        for x in range(width):
            sheet.number(TOP - 1, left + x, x + 1, "index.low")
        for y in range(height):
            sheet.number(TOP + y, left - 1, y + 1, "index")
    lesson.show("draw.seen", "seen")


def _shades(width: int, most: int) -> list[int]:
    """The numbers whose look is shown, from paper to full ink."""
    steps = min(SHADES, width) - 1
    return sorted({round(most * k / max(steps, 1)) for k in range(steps + 1)})


def _draw_shades(lesson: Lesson, sheet: Sheet, drawing: Drawing) -> None:
    """Below the canvas: how dark some numbers are. Of colours there is a longer legend."""
    if drawing.colors:
        return
    _, height, width = lesson.plan.blocks[PICTURES].shape
    row = TOP + height
    sheet.text(row, LEFT, lesson.words("draw.shades"), "note")
    for number, value in enumerate(_shades(width, drawing.most(lesson.network.levels))):
        sheet.number(row + 1, LEFT + number, value, "seen")


def _color(lesson: Lesson, sheet: Sheet, drawing: Drawing) -> None:
    """Cells darken as they fill, or take the colour of their number."""
    pictures, seen = lesson.plan.blocks[PICTURES], lesson.plan.blocks["draw.seen.out"]
    count, height, width = pictures.shape
    most = drawing.most(lesson.network.levels)
    corners = [(pictures.cell(k, 0, 0), pictures.cell(k, height - 1, width - 1)) for k in range(count)]
    ranges = [f"{a1(a.row, a.column)}:{a1(b.row, b.column)}" for a, b in [*corners, *seen.rectangles()]]
    if drawing.colors:
        first = a1(corners[0][0].row, corners[0][0].column)
        swatches = _names_column(lesson) - 1
        legend = _legend_row(lesson)
        ranges.append(f"{a1(legend, swatches)}:{a1(legend + len(drawing.colors) - 1, swatches)}")
        for number, (_, light) in enumerate(drawing.colors):
            fill = "FF{:02X}{:02X}{:02X}".format(*light)
            if fill != lesson.theme.paper:
                sheet.marks.append(Mark(ranges, f"{first}={number}", fill, _better(fill), stop=False))
        return
    row = TOP + height + 1
    ranges.append(f"{a1(row, LEFT)}:{a1(row, LEFT + len(_shades(width, most)) - 1)}")
    sheet.scales.append(Scale(ranges, [(lesson.theme.paper, 0.0), ("FF000000", float(most))]))
    for share, color in ((WHITE_FROM, "FFFFFFFF"), (BLACK_FROM, "FF000000")):  # the first that holds is taken
        sheet.contrasts.append((" ".join(ranges), share * most, color))


def _draw_answer(lesson: Lesson, sheet: Sheet, names: int) -> int:
    """The choice, the prediction in large letters, a bar per class; returns the first row below."""
    network, plan, words, home = lesson.network, lesson.plan, lesson.words, sheet.title
    lesson.give("draw.choice", words("draw.mine"), "choice.text")
    first, last = plan.blocks["draw.names"].rectangles()[0]
    sheet.choices.append((a1(FIRST, names), absolute(first, last, home)))
    sheet.text(FIRST, names + 1, words("draw.choose"), "note")
    node = network.line_up
    if node is None or CLASSES not in plan.blocks:
        return TOP
    chances = f"{node.name}.out"
    style = _fitting(lesson, sheet, names)
    pieces = [number_piece("chance", 1, 100) if part == ("chance",) else part for part in words.parts("draw.said")]
    reads = {"chance": inline(Measure("MAX"), x1=chances), "name": inline(NameOf(), x=chances, names=CLASSES)}
    lesson.look("draw.said", Sentence(tuple(pieces)), reads, style, out=cell(home, FIRST + 1, names))
    for column in (names + 1, names + 2):
        sheet.blank(FIRST + 1, column, style)
    count = len(network.classes)
    if count > MOST_CHARTED:
        return TOP
    lesson.look("draw.chances", Copy(), {"x": chances}, "percent", out=down(home, TOP, names + 1, count))
    lesson.look("draw.bars", Bar(FULL), {"x": "draw.chances.out"}, "bar", out=down(home, TOP, names + 2, count))
    fits = all(characters(name) <= sheet.widths[names] for name in network.classes)  # else it covers the canvas
    style = "beside" if fits else "text"
    lesson.look("draw.classes", Copy(), {"x": CLASSES}, style, out=down(home, TOP, names, count))
    for number in range(count):
        sheet.heights[TOP + number] = sheet.heights[TOP]
    return TOP + count


def _fitting(lesson: Lesson, sheet: Sheet, names: int) -> str:
    """How large the answer can be written; for long names the column is made wider."""
    longest = [lesson.words("draw.said", name=name, chance="99.9") for name in lesson.network.classes]
    for style, size, most in (("huge", 26, NAMES_WIDTH), ("verdict", 20, WIDEST), ("answer", 10, WIDEST)):
        room = max(characters(text, size, bold=True) + 2 for text in longest) - BARS_WIDTH - SHARE_WIDTH
        if room <= max(most, sheet.widths[names]):
            sheet.widths[names] = max(sheet.widths[names], room)
            return style
    return "answer"


def _legend_row(lesson: Lesson) -> int:
    bars = lesson.plan.blocks.get("draw.bars.out")
    return TOP + (bars.shape[0] if bars else 0) + 2


def _draw_legend(lesson: Lesson, sheet: Sheet, drawing: Drawing, row: int) -> int:
    """What each number means, beside a cell of its colour; returns the first row below."""
    if not drawing.colors:
        return row - 1
    words, names = lesson.words, _names_column(lesson)
    row = _legend_row(lesson)
    sheet.text(row - 1, names, words("draw.legend"), "heading.plain")
    for number, (name, _) in enumerate(drawing.colors):
        sheet.number(row + number, names - 1, number, "seen")
        sheet.text(row + number, names, color_name(lesson, name), "after")
    return row + len(drawing.colors)


def _draw_lists(lesson: Lesson, sheet: Sheet, drawing: Drawing, source: str) -> None:
    """Behind the choice: all names, which of them is chosen, the light of each colour."""
    words, plan, at = lesson.words, lesson.plan, lesson.plan.blocks["draw.names"].anchors[0]
    sheet.text(at.row - 1, at.column, words("draw.lists"), "heading")
    sheet.text(at.row - 1, at.column + 1, words("draw.picked"), "heading")
    sheet.blank(at.row - 1, at.column + 2, "heading")
    for k, name in enumerate(picture_names(lesson, drawing)):
        _draw_choice(lesson, sheet, drawing, k, name, cell(sheet.title, at.row + k, at.column))
    lesson.show("draw.chosen", "number.general")
    number = plan.blocks["draw.chosen.out"].anchors[0]
    sheet.text(number.row, at.column, words("draw.number"), "text")
    if source:
        sheet.text(number.row + 1, at.column, source, "note")
    if drawing.colors:
        palette = plan.blocks["draw.palette"].anchors[0]
        sheet.text(at.row - 1, palette.column, words("draw.palette"), "heading.plain")
        lesson.give("draw.palette", [light for _, light in drawing.colors], "seen")
        for number_of, (name, _) in enumerate(drawing.colors):
            sheet.text(at.row + number_of, palette.column + 3, f"{number_of}  {color_name(lesson, name)}", "note")


def _draw_choice(lesson: Lesson, sheet: Sheet, drawing: Drawing, k: int, name: str, at: Block) -> None:
    """What a picture is called in the list; a sample by the name of its class, which stands elsewhere."""
    network, here = lesson.network, at.anchors[0]
    known = drawing.samples[k - 1][0] if k else ""
    if known not in network.classes or CLASSES not in lesson.plan.blocks:
        sheet.text(here.row, here.column, name, "text")
        return
    before = [one for one, _ in drawing.samples[: k - 1]].count(known)
    key = "draw.sample_more" if before else "draw.sample"
    source = element(CLASSES, lesson.plan.blocks[CLASSES], network.classes.index(known))
    lens = Sentence(tuple(lesson.words.parts(key, number=before + 1)))
    lesson.look(f"draw.name.{k}", lens, {"name": source}, "text", out=at)


def color_name(lesson: Lesson, name: str) -> str:
    """A colour in the language of the workbook."""
    return lesson.words(f"colors.{name}") if f"colors.{name}" in lesson.words else name


def _better(fill: str) -> str:
    """Black or white, whichever reads better on a colour (luminance of the WCAG 2.2)."""
    parts = [int(fill[i : i + 2], 16) / 255 for i in (2, 4, 6)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "FF000000" if light > 0.179 else "FFFFFFFF"


def canvas_range(pictures: Block) -> str:
    """The cells of the canvas, as a reader selects them."""
    first, (_, height, width) = pictures.cell(0, 0, 0), pictures.shape
    return span(first.row, first.column, height, width).replace("$", "")
