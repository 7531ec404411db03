"""The verdict on Start: the answer in large letters, whether it is right, and the probability of each class."""

from __future__ import annotations

from sheetnet.layout import CLASSES
from sheetnet.layout.sheets.start import (
    ANSWER,
    BARS,
    CHANCES,
    FIRST_CLASS,
    LAST,
    MOST_CLASSES,
    NAMES,
    PHOTO_COLUMN,
    SEEN,
    Start,
)
from sheetnet.lenses import Bar, Copy, Measure, NameOf, Percent, Sentence, When, inline
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.story.outcome import headline, verdict
from sheetnet.network import TRUTH
from sheetnet.workbook.book import Sheet

FULL = 12  # signs of a full bar: they fit even where a font has them as wide as high


def start_of(lesson: Lesson, title: str) -> Start:
    """Where things stand on the sheet, with as many classes as are listed there."""
    network = lesson.network
    listed = network.line_up is not None and CLASSES in lesson.plan.blocks and len(network.classes) <= MOST_CLASSES
    return Start(title, len(network.classes) if listed else 0)


def draw_verdict(lesson: Lesson, sheet: Sheet, places: Start) -> None:
    """The verdict; nothing where the network does not tell classes apart."""
    node, plan, words = lesson.network.line_up, lesson.plan, lesson.words
    if node is None or CLASSES not in plan.blocks:
        return
    chances = f"{node.name}.out"
    answer = inline(NameOf(), x=chances, names=CLASSES)
    sheet.text(ANSWER, PHOTO_COLUMN, words("start.verdict"), "note")
    lens, reads = headline(lesson, "start")
    lesson.look("start.said", lens, reads, "verdict", out=places.answer())
    for column in range(SEEN + 1, LAST + 1):
        sheet.blank(ANSWER, column, "verdict")
    if plan.truth is not None:
        right = "loss.right.out" if "loss.right.out" in plan.blocks else verdict(lesson, answer)
        sentence = Sentence(tuple(words.parts("start.truth_is")))
        truth = inline(sentence, name=f"{TRUTH}.choice", verdict=right)
        none = When(0.0, words("start.no_truth"), ("truth",))
        chosen = inline(Measure("SUM"), x1=f"{TRUTH}.out")
        lesson.look("start.truth", none, {"x": chosen, "truth": truth}, "text", out=places.truth())
    if places.classes:
        _draw_classes(lesson, sheet, places, chances)


def _draw_classes(lesson: Lesson, sheet: Sheet, places: Start, chances: str) -> None:
    """The probability of each class, as a number, and as a bar of text, which every program draws."""
    words = lesson.words
    sheet.text(FIRST_CLASS - 1, NAMES, words("start.who"), "heading")
    sheet.blank(FIRST_CLASS - 1, NAMES + 1, "heading")
    sheet.text(FIRST_CLASS - 1, CHANCES, words("labels.softmax.out"), "heading.right")
    for column in range(BARS, BARS + 3):
        sheet.blank(FIRST_CLASS - 1, column, "heading")
    lesson.look("start.chances", Percent(), {"x": chances}, "beside", out=places.chances())
    lesson.look("start.names", Copy(), {"x": CLASSES}, "text", out=places.names())
    lesson.look("start.bars", Bar(FULL), {"x": chances}, "bar", out=places.bars())
