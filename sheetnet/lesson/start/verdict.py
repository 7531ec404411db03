"""The verdict on Start: the answer in large letters, whether it is right, and the probability of each class."""

from __future__ import annotations

from sheetnet.layout import CLASSES
from sheetnet.layout.addresses import area, series
from sheetnet.layout.sheets.start import ANSWER, CHANCES, FIRST_CLASS, LAST, MOST_CLASSES, NAMES, Start
from sheetnet.lenses import Copy, Measure, NameOf, Sentence, When, inline, number_piece
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.story.outcome import verdict
from sheetnet.network import TRUTH
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Chart, Series


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
    sheet.text(ANSWER - 1, NAMES, words("start.verdict"), "note")
    pieces = [number_piece("chance", 1, 100) if part == ("chance",) else part for part in words.parts("start.said")]
    reads = {"chance": inline(Measure("MAX"), x1=chances), "name": answer}
    lesson.look("start.said", Sentence(tuple(pieces)), reads, "verdict", out=places.answer())
    for column in range(NAMES + 1, LAST + 1):
        sheet.blank(ANSWER, column, "verdict")
    sheet.heights[ANSWER] = 32.0
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
    """The probability of each class, as a number with a bar in its cell, and in a chart."""
    words, theme = lesson.words, lesson.theme
    sheet.text(FIRST_CLASS - 1, NAMES, words("labels.class"), "heading")
    for column in range(NAMES + 1, CHANCES):
        sheet.blank(FIRST_CLASS - 1, column, "heading")
    sheet.text(FIRST_CLASS - 1, CHANCES, words("labels.softmax.out"), "heading.right")
    lesson.look("start.chances", Copy(), {"x": chances}, "percent", out=places.chances())
    sheet.bars.append((area(places.chances()), theme.bar))
    lesson.look("start.names", Copy(), {"x": CLASSES}, "text", out=places.names())
    names, values = series(places.names()), series(places.chances())
    sheet.charts.append(
        Chart(
            "bar",
            "",
            (Series(words("charts.probability"), values, names, theme.chart_first),),
            places.chart(),
            (300, places.chart_height),
            words("charts.probabilities_alt"),
            y_span=(0.0, 1.0),
            number_format="0%",
            labels=True,
        )
    )
