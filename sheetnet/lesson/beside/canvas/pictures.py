"""The pictures of the sheet Draw: the canvas, the samples, what the network sees, and the colours of their cells."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from sheetnet.case.drawing import Drawing
from sheetnet.layout import CLASSES, PICTURES
from sheetnet.layout.addresses import area, at
from sheetnet.layout.sheets.canvas import LEFT, SHADES, TOP, Canvas
from sheetnet.lenses import Area, Measure, Sentence, Source, Texts, When, element, inline, number_piece
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Mark, Scale
from sheetnet.workbook.style import BLACK_FROM, WHITE_FROM


def draw_heading(lesson: Lesson, canvas: Canvas) -> None:
    """The heading of the canvas: whether it is empty or a sample is chosen. Below it, how many texts count as 0."""
    words, mine = lesson.words, Area(PICTURES, 0, 0, 0, (canvas.height, canvas.width))
    state = inline(When(0.0, words("draw.canvas_empty"), words("draw.canvas")), x=inline(Measure("MAX"), x1=mine))
    heading = When(1.0, ("mine",), words("draw.canvas_unseen"))
    reads: dict[str, Source] = {"x": "draw.chosen.out", "mine": state}
    lesson.look("draw.heading", heading, reads, "heading.plain", out=canvas.heading())
    count = inline(Texts(), x=mine)
    parts = tuple(number_piece("count", 0) if part == ("count",) else part for part in words.parts("draw.texts"))
    said = inline(Sentence(parts), count=count)
    lesson.look("draw.texts", When(0.0, "", ("said",)), {"x": count, "said": said}, "warning", out=canvas.texts())


def draw_pictures(
    lesson: Lesson, sheet: Sheet, canvas: Canvas, drawing: Drawing, tall: float, wrong: Collection[int]
) -> None:
    """The canvas and the samples, one below the other; 0 is a blank cell.

    ``tall``: the height of a row. ``wrong``: the numbers of the samples, from 0 on, that are told wrong.
    """
    words, block, most = lesson.words, canvas.drawings(), drawing.most(lesson.network.levels)
    values = np.empty(block.shape, dtype=object)
    for k, picture in enumerate(drawing.pictures()):
        top = block.cell(k, 0, 0).row
        if k:
            _draw_class(lesson, sheet, canvas, drawing.samples[k - 1][0], k, wrong=k - 1 in wrong)
        for y, x in np.ndindex(canvas.height, canvas.width):
            values[k, y, x] = float(picture[y, x]) if picture[y, x] else ""
            if picture[y, x]:
                sheet.number(top + y, LEFT + x, float(picture[y, x]), "canvas", given=True)
            else:
                sheet.blank(top + y, LEFT + x, "canvas")
        sheet.heights |= {top + y: tall for y in range(canvas.height)}
        sheet.limits.append((area(canvas.picture(k)), 0, most, words("draw.limit", most=most)))
    lesson.values[PICTURES] = values
    if canvas.pictures > 1:
        sheet.text(block.cell(1, 0, 0).row - 2, LEFT, words("draw.samples"), "heading.plain")


def _draw_class(lesson: Lesson, sheet: Sheet, canvas: Canvas, known: str, k: int, *, wrong: bool) -> None:
    """The class of a sample: that of the network, or a word of its own where the network has another."""
    place = canvas.above(k)
    if known in lesson.network.classes and CLASSES in lesson.plan.blocks:
        number = lesson.network.classes.index(known)
        source = element(CLASSES, lesson.plan.blocks[CLASSES], number)
        parts = tuple(lesson.words.parts("draw.sample_wrong")) if wrong else (("name",),)
        lesson.look(f"draw.sample.{k}", Sentence(parts), {"name": source}, "note", out=place)
    else:
        sheet.text(place.anchors[0].row, LEFT, known, "note")


def draw_seen(lesson: Lesson, sheet: Sheet, canvas: Canvas) -> None:
    """What the network sees: the chosen picture, cell by cell, between the numbers of rows and columns."""
    for left in (LEFT, canvas.seen):
        for x in range(canvas.width):
            sheet.number(TOP - 1, left + x, x + 1, "index.low")
        for y in range(canvas.height):
            sheet.number(TOP + y, left - 1, y + 1, "index")
    lesson.show("draw.seen", "seen")


def _shades(canvas: Canvas, most: int) -> list[int]:
    """The numbers whose look is shown, from paper to full ink."""
    steps = min(SHADES, canvas.width) - 1
    return sorted({round(most * k / max(steps, 1)) for k in range(steps + 1)})


def draw_shades(lesson: Lesson, sheet: Sheet, canvas: Canvas, most: int) -> None:
    """Below the canvas: how dark some numbers are. Of colours there is a longer legend."""
    if canvas.colors:
        return
    numbers = _shades(canvas, most)
    block = canvas.shades(len(numbers))
    first = block.anchors[0]
    sheet.text(first.row - 1, first.column, lesson.words("draw.shades"), "note")
    for k, number in enumerate(numbers):
        sheet.number(first.row, block.cell(k).column, number, "seen")


def color_cells(lesson: Lesson, sheet: Sheet, canvas: Canvas, drawing: Drawing) -> None:
    """Cells darken as they fill, or take the colour of their number."""
    most = drawing.most(lesson.network.levels)
    ranges = [*(area(canvas.picture(k)) for k in range(canvas.pictures)), area(canvas.shown())]
    if drawing.colors:
        ranges.append(area(canvas.swatches()))
        for number, (_, light) in enumerate(drawing.colors):
            fill = "FF{:02X}{:02X}{:02X}".format(*light)
            if fill != lesson.theme.paper:
                formula = f"{at(canvas.picture(0))}={number}"
                sheet.marks.append(Mark(ranges, formula, fill, _ink_on(fill), stop=False))
        return
    ranges.append(area(canvas.shades(len(_shades(canvas, most)))))
    sheet.scales.append(Scale(ranges, [(lesson.theme.paper, 0.0), ("FF000000", float(most))]))
    for share, color in ((WHITE_FROM, "FFFFFFFF"), (BLACK_FROM, "FF000000")):  # the first that holds is taken
        sheet.contrasts.append((" ".join(ranges), share * most, color))


def _ink_on(fill: str) -> str:
    """Black or white, whichever reads better on a colour (luminance of the WCAG 2.2)."""
    parts = [int(fill[i : i + 2], 16) / 255 for i in (2, 4, 6)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "FF000000" if light > 0.179 else "FFFFFFFF"
