"""The lists behind the choice of a picture: all names, which of them is chosen, the light of each colour."""

from __future__ import annotations

from collections.abc import Collection

from sheetnet.case.drawing import Drawing
from sheetnet.layout import CLASSES
from sheetnet.layout.sheets.canvas import WAYS, Canvas
from sheetnet.lenses import Sentence, element
from sheetnet.lesson.beside.canvas.answer import color_name
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.workbook.book import Sheet


def picture_names(lesson: Lesson, drawing: Drawing) -> list[str]:
    """What the pictures are called in the list: my drawing, and each sample by its class."""
    called = [lesson.words("draw.mine")]
    for k, (name, _) in enumerate(drawing.samples):
        key, number = _sample_key(drawing, k)
        called.append(lesson.words(key, name=name, number=number))
    return called


def _sample_key(drawing: Drawing, k: int) -> tuple[str, int]:
    """The key of the words for a sample, and which one of its class it is."""
    before = [name for name, _ in drawing.samples[:k]].count(drawing.samples[k][0])
    return "draw.sample_more" if before else "draw.sample", before + 1


def draw_lists(
    lesson: Lesson, sheet: Sheet, canvas: Canvas, drawing: Drawing, source: str, wrong: Collection[int]
) -> None:
    """All lists. ``source``: where the samples come from, or an empty text; ``wrong``: the samples told wrong."""
    words, head, names = lesson.words, canvas.lists - 1, canvas.names
    sheet.text(head, names, words("draw.lists"), "heading")
    sheet.text(head, names + 1, words("draw.picked"), "heading")
    sheet.blank(head, names + 2, "heading")
    for k, name in enumerate(picture_names(lesson, drawing)):
        _draw_name(lesson, sheet, canvas, drawing, k, name)
    for k in wrong:
        sheet.text(canvas.lists + 1 + k, names + 2, words("draw.wrong"), "note")
    if wrong:
        told = words("draw.wrong_count", count=len(wrong), total=len(drawing.samples))
        sheet.text(head - 1, names, told, "note")
    lesson.show("draw.chosen", "number.general")
    below = canvas.lists + canvas.pictures
    sheet.text(below, names, words("draw.number"), "text")
    for axis, way in enumerate(WAYS):
        sheet.text(below + 1 + axis, names, words(f"draw.moved_{way}"), "text")
    if source:
        sheet.text(below + 1 + len(WAYS), names, source, "note")
    if drawing.colors:
        sheet.text(head, canvas.seen, words("draw.palette"), "heading.plain")
        lesson.give("draw.palette", [light for _, light in drawing.colors], "seen")
        for number, (name, _) in enumerate(drawing.colors):
            sheet.text(canvas.lists + number, canvas.seen + 3, f"{number}  {color_name(lesson, name)}", "note")


def _draw_name(lesson: Lesson, sheet: Sheet, canvas: Canvas, drawing: Drawing, k: int, name: str) -> None:
    """What a picture is called in the list; a sample by the name of its class, which stands elsewhere."""
    classes, row = lesson.network.classes, canvas.lists + k
    known = drawing.samples[k - 1][0] if k else ""
    if known not in classes or CLASSES not in lesson.plan.blocks:
        sheet.text(row, canvas.names, name, "text")
        return
    key, number = _sample_key(drawing, k - 1)
    source = element(CLASSES, lesson.plan.blocks[CLASSES], classes.index(known))
    lens = Sentence(tuple(lesson.words.parts(key, number=number)))
    lesson.look(f"draw.name.{k}", lens, {"name": source}, "text", out=canvas.name(k))
