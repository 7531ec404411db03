"""Below the tiles of Start: what a reader can try, and how to read the cells."""

from __future__ import annotations

from collections.abc import Iterator

from sheetnet.grid import a1
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.network import PHOTO, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale


def draw_tries(lesson: Lesson, sheet: Sheet, row: int) -> int:
    """Three things to try, each with a link to its cell."""
    words = lesson.words
    tries = list(_tries(lesson))
    if not tries:
        return row
    sheet.text(row, 2, words("start.tries", count=len(tries)), "heading.plain")
    sheet.heights[row] = 20.0
    for number, (text, title, place) in enumerate(tries, 1):
        sheet.link(row + number, 2, f"{title}  {place}", title, cell=place)
        sheet.text(row + number, 4, text, "text")
    return row + len(tries) + 2


def _tries(lesson: Lesson) -> Iterator[tuple[str, str, str]]:
    """What to do, the sheet, the cell."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    part = "" if network.line_up is not None else "_part"  # without a softmax there are no probabilities to watch
    if plan.drawing is not None:
        pictures, choice = plan.drawing, plan.blocks["draw.choice"].anchors[0]
        yield words("start.try_draw"), choice.sheet, a1(choice.row, pictures.cell(0, 0, 0).column)  # its heading
        if pictures.shape[0] > 1:
            yield words("start.try_sample"), choice.sheet, a1(choice.row, choice.column)
    elif network.shape:
        _, height, width = network.shape
        pixel = plan.blocks[f"{PHOTO}.out"].cell(0, height // 2, width // 2)
        dark = lesson.values[f"{PHOTO}.out"][0, height // 2, width // 2] < (network.levels + 1) / 2
        what = words(f"start.try_pixel{part}", value=network.levels if dark else 0)
        yield what, pixel.sheet, a1(pixel.row, pixel.column)
    heavy = _with_weights(lesson)
    if heavy is not None:
        name = f"{heavy.name}.weight"
        weight = plan.blocks[name].cell(*(0,) * len(network.parameters[name]))
        yield words(f"start.try_weight{part}"), weight.sheet, a1(weight.row, weight.column)
    if plan.truth is not None:
        choice = plan.truth.anchors[0]
        yield words("start.try_truth"), choice.sheet, a1(choice.row, choice.column)


def _with_weights(lesson: Lesson) -> Node | None:
    """The first layer that has weights."""
    return next((node for node in lesson.network.nodes if f"{node.name}.weight" in lesson.network.parameters), None)


def draw_legend(lesson: Lesson, sheet: Sheet, row: int, below: int) -> None:
    """``below``: the first row whose width is free."""
    words, theme = lesson.words, lesson.theme
    sheet.text(row, 2, words("start.legend"), "heading.plain")
    sheet.heights[row] = 20.0
    kinds = (("input", "sample"), ("formula", "text"), ("answer", "answer"), ("tape", "tape"))
    for number, (key, style) in enumerate(kinds, 1):
        if key == "tape":
            sheet.blank(row + number, 2, style)
        else:
            sheet.text(row + number, 2, words(f"start.legend_{key}"), style)
        sheet.text(row + number, 4, words(f"start.legend_{key}_text"), "text")
    row = max(row + len(kinds) + 1, below)
    for column, value in ((2, -1), (4, 0), (6, 1)):
        sheet.number(row, column, value, "map.general")
    sheet.scales.append(
        Scale([f"B{row}", f"D{row}", f"F{row}"], [(theme.negative, -1.0), (theme.paper, 0.0), (theme.positive, 1.0)])
    )
    sheet.text(row, 8, words("start.legend_scale_text"), "text")
