"""Beside the canvas: which picture is chosen, what the network says of it, and what each colour is called."""

from __future__ import annotations

from sheetnet.case.drawing import Drawing
from sheetnet.layout import CLASSES, FIRST
from sheetnet.layout.addresses import at, fixed_area
from sheetnet.layout.sheets.canvas import ANSWER, FARTHEST, MOVE, WAYS, Canvas
from sheetnet.lenses import Bar, Copy, Percent
from sheetnet.lesson.beside.canvas.widths import BARS_WIDTH, NAMES_WIDTH, SHARE_WIDTH, WIDEST
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.story.outcome import headline
from sheetnet.workbook.book import Sheet

FULL = 10  # signs of a full bar: they fit even where a font has them as wide as high


def draw_choice(lesson: Lesson, sheet: Sheet, canvas: Canvas) -> None:
    """The choice between the canvas and the samples."""
    lesson.give("draw.choice", lesson.words("draw.mine"), "choice.text")
    sheet.choices.append((at(canvas.choice()), fixed_area(canvas.listed(0))))
    sheet.text(FIRST, canvas.names + 1, lesson.words("draw.choose"), "note")


def draw_moves(lesson: Lesson, sheet: Sheet, canvas: Canvas) -> None:
    """How far the drawing is moved, to the right and down, before the network sees it."""
    words = lesson.words
    for axis, way in enumerate(WAYS):
        place = canvas.move(axis)
        lesson.give(f"draw.choice.{way}", 0, "choice")
        lesson.show(f"draw.{way}", "number.general")
        sheet.text(MOVE, canvas.names + 2 * axis, words(f"draw.move_{way}"), "beside")
        sheet.limits.append((at(place), -FARTHEST, FARTHEST, words("draw.move_limit", most=FARTHEST)))


def draw_answer(lesson: Lesson, sheet: Sheet, canvas: Canvas) -> None:
    """The prediction in large letters, and a bar per class where there is room for them."""
    network, names = lesson.network, canvas.names
    node = network.line_up
    if node is None or CLASSES not in lesson.plan.blocks:
        return
    chances = f"{node.name}.out"
    style = _fitting(lesson, sheet, names)
    lens, reads = headline(lesson, "draw")
    lesson.look("draw.said", lens, reads, style, out=canvas.answer())
    for column in (names + 1, names + 2):
        sheet.blank(ANSWER, column, style)
    if canvas.bars:
        lesson.look("draw.chances", Percent(), {"x": chances}, "beside", out=canvas.beside(1))
        lesson.look("draw.bars", Bar(FULL), {"x": chances}, "bar", out=canvas.beside(2))
        fits = all(characters(name) <= sheet.widths[names] for name in network.classes)  # else it covers the canvas
        lesson.look("draw.classes", Copy(), {"x": CLASSES}, "beside" if fits else "text", out=canvas.beside(0))


def _fitting(lesson: Lesson, sheet: Sheet, names: int) -> str:
    """How large the answer can be written; for long names the column is made wider."""
    classes = lesson.network.classes
    longest = [
        lesson.words(f"draw.{key}", name=name, chance=">99.9 %") for key in ("said", "unsure") for name in classes
    ]
    for style, size, most in (("huge", 26, NAMES_WIDTH), ("verdict", 20, WIDEST), ("answer", 10, WIDEST)):
        room = max(characters(text, size, bold=True) + 2 for text in longest) - BARS_WIDTH - SHARE_WIDTH
        if room <= max(most, sheet.widths[names]):
            sheet.widths[names] = max(sheet.widths[names], room)
            return style
    return "answer"


def draw_legend(lesson: Lesson, sheet: Sheet, canvas: Canvas, drawing: Drawing) -> None:
    """What each number means, beside a cell of its colour."""
    if not drawing.colors:
        return
    sheet.text(canvas.legend - 1, canvas.names, lesson.words("draw.legend"), "heading.plain")
    for number, (name, _) in enumerate(drawing.colors):
        sheet.number(canvas.legend + number, canvas.names - 1, number, "seen")
        sheet.text(canvas.legend + number, canvas.names, color_name(lesson, name), "after")


def color_name(lesson: Lesson, name: str) -> str:
    """A colour in the language of the workbook."""
    return lesson.words(f"colors.{name}") if f"colors.{name}" in lesson.words else name
