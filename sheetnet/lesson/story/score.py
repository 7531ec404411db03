"""The sheet of a loss on which the truth is chosen: the verdict, three readings of the loss, the curve of -ln p."""

from __future__ import annotations

from sheetnet.layout import names_at, view_name
from sheetnet.layout.addresses import area, at, fixed_area, series
from sheetnet.layout.sheets.outcome import LABELS, POINTS, VALUES, Loss, loss_of
from sheetnet.lenses import (
    IfAny,
    LogCurve,
    Look,
    Measure,
    NameOf,
    Sentence,
    Source,
    SumProduct,
    When,
    inline,
    number_piece,
)
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.frame.screen import fit_charts
from sheetnet.lesson.story.outcome import CHART_HEIGHT, DIGITS, GAP_WIDTH, has_tiny, mark_tiny, verdict
from sheetnet.network import TRUTH, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Chart, Mark, Series
from sheetnet.workbook.style import NO_ZERO

READINGS = ("out", "likelihood", "divergence")  # in the order of the story
TERMS = ("term", "ratio")
SMALL = 0.0001  # a probability below this is said as a power of e: rounded, it would be 0
CHART = 480  # pixels
OUTSIDE = -1.0  # where the answer lies when nobody is the truth: outside of the chart


def draw_loss(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """The choice of the truth, whether the answer is right, and three readings of a cross-entropy."""
    plan, words = lesson.plan, lesson.words
    places = loss_of(plan, node)
    if places is None:
        return
    first = places.choice.anchors[0]
    sheet.text(first.row, LABELS, words("loss.choose"), "text")
    truth = zip(lesson.network.classes, lesson.values[f"{TRUTH}.out"], strict=True)
    chosen = [name for name, value in truth if value]
    lesson.give(f"{TRUTH}.choice", chosen[0] if chosen else words("loss.nobody"), "choice.text")
    lesson.show(TRUTH, "number.general")
    sheet.text(first.row, first.column + 1, words("loss.choose_how"), "note")
    sheet.text(places.nobody().anchors[0].row, LABELS, words("loss.nobody"), "note")
    sheet.choices.append((at(places.choice), fixed_area(places.choices())))
    chances = f"{view_name(node, 'p')}.out"
    if chances not in plan.blocks:
        return
    labels = [words("loss.choose"), words("start.verdict")]
    sheet.widths[LABELS] = max(sheet.widths[LABELS], *(characters(label) for label in labels))
    longest = max(characters(name, bold=True) for name in lesson.network.classes)
    sheet.widths[VALUES] = max(sheet.widths[VALUES], longest)
    sheet.text(first.row + 1, LABELS, words("start.verdict"), "text")
    answer: dict[str, Source] = {"x": chances, "names": names_at(plan, node)}
    lesson.look("loss.answer", NameOf(), answer, "answer", out=places.answer())
    right = verdict(lesson, "loss.answer.out")
    lesson.look("loss.right", right.lens, right.reads, "after.bold", out=places.right_or_wrong())
    if all(f"{node.name}.{own}" in plan.blocks for own in (*READINGS, *TERMS)):
        _draw_readings(lesson, sheet, node, places)
        _draw_curve(lesson, sheet, node, places)
    sheet.print_rows = places.end


def _draw_readings(lesson: Lesson, sheet: Sheet, node: Node, places: Loss) -> None:
    """Each reading in numbers, in the line below it; no 0 where nobody is the truth."""
    plan, words = lesson.plan, lesson.words
    log = inline(SumProduct(), x=f"{view_name(node, 'log')}.out", weight=f"{TRUTH}.out")
    small = inline(Sentence(("e^(−", number_piece("log", DIGITS, -1), ")")), log=log)
    chance = inline(SumProduct(), x=f"{view_name(node, 'p')}.out", weight=f"{TRUTH}.out")
    large = inline(Sentence((number_piece("p", DIGITS),)), p=chance)
    p = inline(When(SMALL, ("small",), ("large",)), x=chance, small=small, large=large)
    for own in READINGS:
        value = f"{node.name}.{own}"
        parts = words.parts(f"loss.{own}_told")
        pieces = tuple(number_piece("value", DIGITS) if part == ("value",) else part for part in parts)
        reads: dict[str, Source] = {"p": p, "value": value}
        told = inline(Sentence(pieces), **{key: one for key, one in reads.items() if (key,) in parts})
        look = unless_nobody(lesson, told, words(f"loss.{own}_untold"))
        lesson.look(f"loss.told.{own}", look.lens, look.reads, "after", out=places.told(plan.blocks[value]))
    numbers = [plan.blocks[f"{node.name}.{own}"] for own in (*READINGS, *TERMS)]
    truth = plan.blocks[f"{TRUTH}.out"]
    nobody = f"SUM({fixed_area(truth)})=0"
    where = [area(block) for block in (*numbers, truth)]
    sheet.marks.append(Mark(where, nobody, lesson.theme.paper, lesson.theme.ink, format=NO_ZERO))
    if has_tiny(lesson.value(f"{view_name(node, 'p')}.out")):
        sheet.text(places.names.anchors[0].row - 2, LABELS, words("charts.tiny"), "note")
    for own in ("p", "log"):
        mark_tiny(lesson, sheet, plan.blocks[f"{view_name(node, own)}.out"])
    for block in numbers:
        mark_tiny(lesson, sheet, block)


def unless_nobody(lesson: Lesson, told: Look, otherwise: str = "") -> Look:
    """A sentence; where nobody is the truth, what is true ``otherwise``, or that nobody is."""
    when = When(0.0, otherwise or lesson.words("loss.unknown"), ("told",))
    return inline(when, x=inline(Measure("SUM"), x1=f"{TRUTH}.out"), told=told)


def _draw_curve(lesson: Lesson, sheet: Sheet, node: Node, places: Loss) -> None:
    """The curve of -ln p, with this answer on it; where nobody is the truth the answer lies outside of the chart."""
    words, theme = lesson.words, lesson.theme
    row = places.point(0).anchors[0].row
    sheet.text(row - 2, LABELS, words("loss.points"), "note")
    for column, key in ((VALUES, "labels.crossentropy.p"), (VALUES + 1, "loss.surprise")):
        sheet.text(row - 1, column, words(key), "heading.right")
    sheet.text(row, LABELS, words("loss.here"), "text")
    chance = inline(SumProduct(), x=f"{view_name(node, 'p')}.out", weight=f"{TRUTH}.out")
    for column, own, value in ((0, "chance", chance), (1, "surprise", f"{node.name}.out")):
        reads: dict[str, Source] = {"x": value, "which": f"{TRUTH}.out"}
        lesson.look(f"loss.point.{own}", IfAny(OUTSIDE), reads, "number", out=places.point(column))
    blocks = {"x": places.points(0), "out": places.points(1)}
    lesson.look("loss.curve", LogCurve(POINTS), {"of": f"{node.name}.out"}, "number", **blocks)
    y, x = series(places.point(1)), series(places.point(0))
    here = Series(words("loss.here"), y, x, theme.chart_second, line=False, markers=True)
    sheet.widths[places.gap] = GAP_WIDTH
    sheet.charts.append(
        Chart(
            "scatter",
            words("loss.chart"),
            (
                Series(words("loss.curve"), series(places.points(1)), series(places.points(0)), theme.quiet),
                here,
            ),
            places.chart(),
            (CHART, CHART_HEIGHT),
            words("loss.chart_alt"),
            x_title=words("loss.chance"),
            y_title=words("loss.surprise"),
            x_span=(0.0, 1.0),
            y_span=(0.0, None),
        )
    )
    fit_charts(sheet)
