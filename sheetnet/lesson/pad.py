"""The sheet Draw: a pad on which the reader draws, what the network sees of it, and what it says, live.

From left to right: the pad; the choice between it and the samples, the answer, a bar per class; what the network
sees. Below: the samples, in the columns of the pad, so that INDEX finds a pixel of whichever picture is chosen.
"""

from __future__ import annotations

import numpy as np

from sheetnet.grid import Anchor, Block, a1
from sheetnet.layers import Array
from sheetnet.layout import FIRST, Drawing, View
from sheetnet.layout.plan import ACROSS, DOWN
from sheetnet.lesson.drawn import Drawn
from sheetnet.lesson.frame import SQUARE_HEIGHT, SQUARE_WIDTH, Head, Lesson, draw_head, draw_links
from sheetnet.lesson.lookup import absolute, span
from sheetnet.lesson.measure import characters
from sheetnet.lesson.outcome import MOST_CHARTED, pick, quoted
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Mark, Scale
from sheetnet.workbook.style import BLACK_FROM, WHITE_FROM

VIEW = "draw"
PAD, TOP = 3, FIRST + 2  # first column and first row of the pad
SMALL = 16  # pixels a side; of a larger pad the cells are smaller
SMALL_WIDTH, SMALL_HEIGHT = 3.43, 18.0  # characters and points: 24 x 24 pixels
NAMES_WIDTH, BARS_WIDTH, WIDEST = 27.0, 24.0, 60.0
SHADES = 5  # numbers, from paper to full ink, that are shown below the pad


def place_pad(lesson: Lesson, title: str, drawn: Drawn) -> None:
    """Reserve the cells, so that others can refer to them and the proof finds them."""
    network, plan = lesson.network, lesson.plan
    _, height, width = network.shape
    names, seen = PAD + width + 2, PAD + width + 6
    softmax = network.last("softmax")
    count, classes = len(drawn.samples) + 1, len(network.classes) if softmax is not None else 0
    below = 0 if drawn.colors else 2  # what the numbers look like
    apart = max(height + below, (classes if classes <= MOST_CHARTED else 0) + len(drawn.colors) + 1) + 3
    lists = TOP + apart
    blocks = {
        "names": Block((count,), (Anchor(title, lists, names),), (DOWN,)),
        "picks": Block((count,), (Anchor(title, lists, names + 1),), (DOWN,)),
        "pictures": Block((count, height, width), (Anchor(title, TOP, PAD),), ((apart, 0), DOWN, ACROSS)),
        "seen": Block((height, width), (Anchor(title, TOP, seen),), (DOWN, ACROSS)),
    }
    palette = None
    if drawn.colors:
        palette = Block((len(drawn.colors), 3), (Anchor(title, lists, seen),), (DOWN, ACROSS))
    choice, number = Anchor(title, FIRST, names), Anchor(title, lists + count, names + 1)
    most = drawn.most(network.levels)
    plan.drawing.append(Drawing(choice=choice, number=number, palette=palette, most=most, **blocks))
    if softmax is not None and classes <= MOST_CHARTED:
        chances = Block((classes,), (Anchor(title, TOP, names + 1),), (DOWN,))
        plan.views[VIEW] = View(f"{softmax.name}.out", chances)


def draw_pad(lesson: Lesson, drawn: Drawn, source: str) -> None:
    """The sheet; ``place_pad`` has reserved its cells. ``source``: where the samples come from."""
    words, drawing = lesson.words, lesson.plan.drawing[0]
    home, (height, width) = drawing.choice.sheet, drawing.seen.shape
    large = max(height, width) <= SMALL
    sheet = lesson.book.add(
        home, default_width=SQUARE_WIDTH if large else SMALL_WIDTH, freeze=f"A{FIRST}", one_page=True
    )
    names, seen = drawing.names.anchors[0].column, drawing.seen.anchors[0].column
    longest = max(map(characters, [*lesson.network.classes, *picture_names(lesson, drawn)]))
    sheet.widths |= {1: 2.0, names - 2: 2.0, names: min(max(NAMES_WIDTH, longest), WIDEST), names + 1: BARS_WIDTH}
    kind = "colors" if drawn.colors else "grey"
    lead, about = words(f"draw.lead_{kind}", most=drawing.most), words("draw.about", cells=pad_range(drawing))
    draw_head(lesson, sheet, Head(words("draw.title"), lead, words(f"draw.analogy_{kind}"), about=about))
    sheet.heights |= {FIRST: 21.0, FIRST + 1: 39.0}
    _draw_heading(lesson, sheet)
    sheet.text(FIRST, seen, words("draw.seen"), "heading.plain")
    _draw_pictures(lesson, sheet, drawn, SQUARE_HEIGHT if large else SMALL_HEIGHT)
    _draw_seen(lesson, sheet, drawn)
    _draw_shades(lesson, sheet, drawn)
    _color(lesson, sheet, drawn)
    row = _draw_answer(lesson, sheet, names)
    row = _draw_legend(lesson, sheet, drawn, row + 1)
    _draw_lists(lesson, sheet, drawn, source)
    sheet.print_rows = max(TOP + height + (0 if drawn.colors else 2), row) - 1
    draw_links(lesson, sheet)


def picture_names(lesson: Lesson, drawn: Drawn) -> list[str]:
    """What the pictures are called in the list: my drawing, and each sample by its class."""
    called = [lesson.words("draw.mine")]
    classes = [name for name, _ in drawn.samples]
    for number, name in enumerate(classes):
        before = classes[:number].count(name)
        key = "draw.sample_more" if before else "draw.sample"
        called.append(lesson.words(key, name=name, number=before + 1))
    return called


def _draw_heading(lesson: Lesson, sheet: Sheet) -> None:
    """Above the pad; it says when nothing is drawn, and when a drawing goes unseen, because a sample is chosen."""
    words, number = lesson.words, lesson.plan.drawing[0].number
    chosen = f"{absolute(number, number, sheet.title)}=1"
    pad = pad_range(lesson.plan.drawing[0])
    mine = f"IF(MAX({pad})>0,{quoted(words('draw.pad'))},{quoted(words('draw.pad_empty'))})"
    said = f"IF({chosen},{mine},{quoted(words('draw.pad_unseen'))})"
    sheet.formula(FIRST, PAD, said, "heading.plain")


def _draw_pictures(lesson: Lesson, sheet: Sheet, drawn: Drawn, tall: float) -> None:
    """The pad and the samples, one below the other; 0 is a blank cell."""
    words, drawing = lesson.words, lesson.plan.drawing[0]
    count, height, width = drawing.pictures.shape
    for k, picture in enumerate(drawn.pictures()):
        top = drawing.pictures.cell(k, 0, 0).row
        if k:
            sheet.text(top - 1, PAD, drawn.samples[k - 1][0], "note")
        for y, x in np.ndindex(height, width):
            if picture[y, x]:
                sheet.number(top + y, PAD + x, float(picture[y, x]), "pad")
            else:
                sheet.blank(top + y, PAD + x, "pad")
        sheet.heights |= {top + y: tall for y in range(height)}
        first, last = drawing.pictures.cell(k, 0, 0), drawing.pictures.cell(k, height - 1, width - 1)
        said = words("draw.limit", most=drawing.most)
        sheet.limits.append((f"{a1(first.row, first.column)}:{a1(last.row, last.column)}", drawing.most, said))
    if count > 1:
        top = drawing.pictures.cell(1, 0, 0).row - 2
        sheet.text(top, PAD, words("draw.samples"), "heading.plain")


def _draw_seen(lesson: Lesson, sheet: Sheet, drawn: Drawn) -> None:
    """What the network sees: the chosen picture, cell by cell, between the numbers of rows and columns."""
    drawing = lesson.plan.drawing[0]
    height, width = drawing.seen.shape
    for left in (PAD, drawing.seen.anchors[0].column):
        for x in range(width):
            sheet.number(TOP - 1, left + x, x + 1, "index.low")
        for y in range(height):
            sheet.number(TOP + y, left - 1, y + 1, "index")
    sheet.tensor(drawing.seen, drawn.pad, "seen", drawing.rules()["seen"])


def _shades(drawing: Drawing) -> list[int]:
    """The numbers whose look is shown, from paper to full ink."""
    steps = min(SHADES, drawing.seen.shape[1]) - 1
    return sorted({round(drawing.most * k / max(steps, 1)) for k in range(steps + 1)})


def _draw_shades(lesson: Lesson, sheet: Sheet, drawn: Drawn) -> None:
    """Below the pad: how dark some numbers are. Of colours there is a longer legend."""
    if drawn.colors:
        return
    drawing = lesson.plan.drawing[0]
    row = TOP + drawing.seen.shape[0]
    sheet.text(row, PAD, lesson.words("draw.shades"), "note")
    for number, value in enumerate(_shades(drawing)):
        sheet.number(row + 1, PAD + number, value, "seen")


def _color(lesson: Lesson, sheet: Sheet, drawn: Drawn) -> None:
    """Cells darken as they fill, or take the colour of their number."""
    drawing = lesson.plan.drawing[0]
    count, height, width = drawing.pictures.shape
    corners = [
        (drawing.pictures.cell(k, 0, 0), drawing.pictures.cell(k, height - 1, width - 1)) for k in range(count)
    ]
    ranges = [f"{a1(a.row, a.column)}:{a1(b.row, b.column)}" for a, b in [*corners, *drawing.seen.rectangles()]]
    if drawn.colors:
        first = a1(corners[0][0].row, corners[0][0].column)
        swatches = drawing.names.anchors[0].column - 1
        legend = _legend_row(lesson)
        ranges.append(f"{a1(legend, swatches)}:{a1(legend + len(drawn.colors) - 1, swatches)}")
        for number, (_, light) in enumerate(drawn.colors):
            fill = "FF{:02X}{:02X}{:02X}".format(*light)
            if fill != lesson.theme.paper:
                sheet.marks.append(Mark(ranges, f"{first}={number}", fill, _better(fill), stop=False))
        return
    row = TOP + height + 1
    ranges.append(f"{a1(row, PAD)}:{a1(row, PAD + len(_shades(drawing)) - 1)}")
    sheet.scales.append(Scale(ranges, [(lesson.theme.paper, 0.0), ("FF000000", float(drawing.most))]))
    for share, color in ((WHITE_FROM, "FFFFFFFF"), (BLACK_FROM, "FF000000")):  # the first that holds is taken
        sheet.contrasts.append((" ".join(ranges), share * drawing.most, color))


def _draw_answer(lesson: Lesson, sheet: Sheet, names: int) -> int:
    """The choice, the prediction in large letters, a bar per class; returns the first row below."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    drawing, home = plan.drawing[0], sheet.title
    sheet.text(FIRST, names, words("draw.mine"), "choice.text")
    first, last = drawing.names.rectangles()[0]
    sheet.choices.append((a1(FIRST, names), absolute(first, last, home)))
    sheet.text(FIRST, names + 1, words("draw.choose"), "note")
    node = network.last("softmax")
    if node is None:
        return TOP
    chances = plan.blocks[f"{node.name}.out"].viewed(home)
    there = chances.anchors[0]
    classes = Block(chances.shape, (Anchor(there.sheet, there.row, 2),), (DOWN,), home)
    answer = pick(classes, f"MAX({chances[:]})", chances)
    said = quoted(words("draw.said", name="\1", chance="\0"))
    said = said.replace("\0", f'"&ROUND(100*MAX({chances[:]}),1)&"').replace("\1", f'"&{answer}&"')
    style = _fitting(lesson, sheet, names)
    sheet.formula(FIRST + 1, names, said.replace('""&', "").replace('&""', ""), style)
    sheet.blank(FIRST + 1, names + 1, style)
    if VIEW not in plan.views:
        return TOP
    view = plan.views[VIEW]
    sheet.tensor(view.block, lesson.values[view.tensor], "percent", view.rule(chances))
    top, bottom = view.block.rectangles()[0]
    sheet.bars.append((f"{a1(top.row, top.column)}:{a1(bottom.row, bottom.column)}", lesson.theme.bar))
    for number, name in enumerate(network.classes):
        fits = characters(name) <= sheet.widths[names]  # else it would run over the pad
        sheet.text(TOP + number, names, name, "beside" if fits else "text")
        sheet.heights[TOP + number] = sheet.heights[TOP]
    return TOP + len(network.classes)


def _fitting(lesson: Lesson, sheet: Sheet, names: int) -> str:
    """How large the answer can be written; for long names the column is made wider."""
    longest = [lesson.words("draw.said", name=name, chance="99.9") for name in lesson.network.classes]
    for style, size, most in (("huge", 26, NAMES_WIDTH), ("verdict", 20, WIDEST), ("answer", 10, WIDEST)):
        room = max(characters(text, size, bold=True) + 2 for text in longest) - BARS_WIDTH
        if room <= max(most, sheet.widths[names]):
            sheet.widths[names] = max(sheet.widths[names], room)
            return style
    return "answer"


def _legend_row(lesson: Lesson) -> int:
    view = lesson.plan.views.get(VIEW)
    return TOP + (view.block.shape[0] if view else 0) + 2


def _draw_legend(lesson: Lesson, sheet: Sheet, drawn: Drawn, row: int) -> int:
    """What each number means, beside a cell of its colour; returns the first row below."""
    if not drawn.colors:
        return row - 1
    words, names = lesson.words, lesson.plan.drawing[0].names.anchors[0].column
    row = _legend_row(lesson)
    sheet.text(row - 1, names, words("draw.legend"), "heading.plain")
    for number, (name, _) in enumerate(drawn.colors):
        sheet.number(row + number, names - 1, number, "seen")
        sheet.text(row + number, names, color_name(lesson, name), "after")
    return row + len(drawn.colors)


def _draw_lists(lesson: Lesson, sheet: Sheet, drawn: Drawn, source: str) -> None:
    """Behind the choice: all names, which of them is chosen, the light of each colour."""
    words, drawing = lesson.words, lesson.plan.drawing[0]
    rules, at = drawing.rules(), drawing.names.anchors[0]
    sheet.text(at.row - 1, at.column, words("draw.lists"), "heading")
    sheet.text(at.row - 1, at.column + 1, words("draw.picked"), "heading.right")
    for number, name in enumerate(picture_names(lesson, drawn)):
        sheet.text(at.row + number, at.column, name, "text")
    picks = np.zeros(drawing.picks.shape)
    picks[0] = 1
    sheet.tensor(drawing.picks, picks, "number.general", rules["picks"])
    sheet.text(drawing.number.row, at.column, words("draw.number"), "text")
    sheet.tensor(Block((), (drawing.number,), ()), np.array(1.0), "number.general", rules["number"])
    if source:
        sheet.text(drawing.number.row + 1, at.column, source, "note")
    if drawing.palette is not None:
        palette: Array = np.array([light for _, light in drawn.colors], dtype=np.float64)
        left = drawing.palette.anchors[0].column
        sheet.text(at.row - 1, left, words("draw.palette"), "heading.plain")
        sheet.tensor(drawing.palette, palette, "seen")
        for number, (name, _) in enumerate(drawn.colors):
            sheet.text(at.row + number, left + 3, f"{number}  {color_name(lesson, name)}", "note")


def color_name(lesson: Lesson, name: str) -> str:
    """A colour in the language of the workbook."""
    return lesson.words(f"colors.{name}") if f"colors.{name}" in lesson.words else name


def _better(fill: str) -> str:
    """Black or white, whichever reads better on a colour (luminance of the WCAG 2.2)."""
    parts = [int(fill[i : i + 2], 16) / 255 for i in (2, 4, 6)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "FF000000" if light > 0.179 else "FFFFFFFF"


def pad_range(drawing: Drawing) -> str:
    """The cells of the pad, as a reader selects them."""
    first, last = drawing.pictures.cell(0, 0, 0), drawing.pictures.cell(0, *(n - 1 for n in drawing.seen.shape))
    return span(first.row, first.column, last.row - first.row + 1, last.column - first.column + 1).replace("$", "")
