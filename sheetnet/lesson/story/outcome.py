"""The sheet of a softmax: the exponentials in numbers, a hard maximum beside them, charts, and a table of e^x."""

from __future__ import annotations

import numpy as np

from sheetnet.grid import Block
from sheetnet.layers import Array
from sheetnet.layout import CLASSES, names_at, view_name
from sheetnet.layout.addresses import area, at, series
from sheetnet.layout.sheets.outcome import (
    LABELS,
    MOST_CHARTED,
    ONES,
    POINTS,
    TENTHS,
    VALUES,
    Softmax,
    softmax_of,
)
from sheetnet.lenses import (
    Bar,
    ExpCurve,
    ExpTable,
    HardMax,
    Lens,
    Lines,
    Look,
    Measure,
    NameOf,
    Percent,
    Same,
    Sentence,
    Source,
    When,
    decimal,
    inline,
)
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import number_style
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.frame.screen import fit_charts
from sheetnet.network import SURE, TRUTH, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Chart, Mark, Series

BARS_WIDTH = 24.0  # characters of a column of bars of text
GAP_WIDTH = 2.0  # of the column before a chart
CHART, CHART_WIDTH = 245, 36.0  # pixels of a chart that has another one beside it; characters of its column
CHART_HEIGHT, BAR_HEIGHT = 280, 16  # pixels of a chart, at least, and of a bar in it
WHOLE = '[>=0.995]">99 %";[<0.005]"<1 %";0 %'  # a probability at its bar: never 100 %, and never 0 %
LABELLED = 1.19  # where the axis ends, so that the label of a full bar stands in the chart; the last tick is 100 %
DIGITS = 4  # of the numbers in a sentence
LEAST_SHOWN = 0.00005  # a number nearer to 0 is rounded to 0 by as many decimals


def draw_softmax(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """Bars in the cells, a chart of the probabilities, and the classes on the curve of e^x."""
    plan, words, theme = lesson.plan, lesson.words, lesson.theme
    places = softmax_of(plan, node)
    sheet.bars.append((area(places.chances), theme.bar))
    beside = places.beside()
    head, column = beside.anchors[0].row - 1, beside.anchors[0].column
    if places.count > MOST_CHARTED:  # no chart: then bars of text, for programs that draw no bars in cells
        sheet.text(head, column, words("charts.bars"), "heading")
        sheet.widths[column] = BARS_WIDTH
        lesson.look(f"bars.{node.name}", Bar(), {"x": f"{node.name}.out"}, "bar", out=beside)
        return
    hard = words("charts.hard_max")
    sheet.text(head, column, hard, "heading.right")
    sheet.widths |= {column: characters(hard, bold=True), places.gap: GAP_WIDTH}
    sheet.widths |= {places.gap + 1: CHART_WIDTH, places.gap + 2: CHART_WIDTH}
    below = view_name(node, "below")
    if below in plan.looks:  # the largest is 0 below itself
        lesson.show(below, number_style("number", lesson.value(f"{below}.out")))
    lesson.look(f"hard.{node.name}", HardMax(), {"x": f"{node.name}.out"}, "number.general", out=beside)
    sheet.charts.append(_chances_chart(lesson, node, places))
    if getattr(node.layer, "base", None) is None:  # all of this is about e
        _draw_told(lesson, sheet, node, places)
        _draw_powers(lesson, sheet, node, places)
        _draw_points(lesson, sheet, node, places)
        sheet.charts.append(_curve_chart(lesson, node, places))
        _mark_tiny_exponentials(lesson, sheet, node, places)
    _mark_sure(lesson, sheet, places.chances)
    fit_charts(sheet)
    sheet.print_rows = places.end


def _mark_sure(lesson: Lesson, sheet: Sheet, chances: Block) -> None:
    """More decimals for a probability that one decimal would round to 100 %, or to 0 %."""
    first = at(chances)
    for formula, code in ((f"{first}>0.9999995", "0.0###### %"), (f"{first}>=0.9995", "0.0### %")):
        sheet.marks.append(Mark([area(chances)], formula, font=lesson.theme.ink, format=code, stop=False))


def _mark_tiny_exponentials(lesson: Lesson, sheet: Sheet, node: Node, places: Softmax) -> None:
    """Powers of ten for exponentials that four decimals would show as 0, and a line that says what these are."""
    exp = lesson.plan.blocks[f"{node.name}.exp"]
    mark_tiny(lesson, sheet, exp)
    mark_tiny(lesson, sheet, lesson.plan.blocks[f"{node.name}.log"])
    if has_tiny(lesson.values[f"{node.name}.exp"]):
        sheet.text(places.note(-1), LABELS, lesson.words("charts.tiny"), "note")


def has_tiny(values: Array) -> bool:
    """Whether four decimals would show a number as 0 that is not 0."""
    return bool(((np.abs(values) < LEAST_SHOWN) & (values != 0)).any())


def mark_tiny(lesson: Lesson, sheet: Sheet, block: Block) -> None:
    """Powers of ten where four decimals would show a number as 0 that is not 0."""
    first = f"ABS({at(block)})"
    formula = f"AND({first}>0,{first}<{decimal(LEAST_SHOWN)})"
    sheet.marks.append(Mark([area(block)], formula, font=lesson.theme.ink, format="0.0E+00", stop=False))


def _draw_told(lesson: Lesson, sheet: Sheet, node: Node, places: Softmax) -> None:
    """What e and ln are, and why the largest is subtracted; then each exponential in numbers."""
    words = lesson.words
    for number, key in enumerate(("why_less", "what_e", "what_ln")):
        sheet.text(places.note(number), LABELS, words(f"charts.{key}"), "note")
    rounded = {"x": (DIGITS,), "top": (DIGITS,), "below": (DIGITS,), "exp": (DIGITS, "= ", "≈ ")}
    parts = words.parts("charts.exp_told")
    pieces = tuple(
        part if isinstance(part, str) or part == ("name",) else (*part, *rounded[part[0]]) for part in parts
    )
    reads = {
        "name": names_at(lesson.plan, node),
        "x": f"{view_name(node, 'x')}.out",
        "top": f"{node.name}.top",
        "below": f"{view_name(node, 'below')}.out",
        "exp": f"{node.name}.exp",
    }
    lesson.look(f"told.{node.name}.exp", Lines(pieces), reads, "text", out=places.told())


def _draw_powers(lesson: Lesson, sheet: Sheet, node: Node, places: Softmax) -> None:
    """A table of e^x, for work with a pencil: whole numbers across, tenths down."""
    sheet.text(places.powers_head, LABELS, lesson.words("charts.powers"), "heading.plain")
    ends = {"across": (places.ones(), -np.arange(ONES)), "down": (places.tenths(), -np.arange(TENTHS) / TENTHS)}
    for own, (block, numbers) in ends.items():
        name = f"power_ends.{own}.{node.name}"
        lesson.constant(name, block, numbers + 0.0)
        for i, number in enumerate(numbers + 0.0):
            at = block.cell(i)
            sheet.number(at.row, at.column, float(number), "heading.right" if own == "across" else "index")
    sheet.blank(places.powers_head + 1, LABELS - 1, "heading")
    reads = {own: f"power_ends.{own}.{node.name}" for own in ends}
    lesson.look(f"powers.{node.name}", ExpTable(), reads, "number", out=places.powers())


def _draw_points(lesson: Lesson, sheet: Sheet, node: Node, places: Softmax) -> None:
    """The points of the curve of e^x, below all else."""
    words = lesson.words
    first = places.points(0).anchors[0]
    sheet.text(first.row - 2, LABELS, words("charts.exp_points"), "note")
    for column, key in ((VALUES, "exp_x"), (VALUES + 1, "exp_y")):
        sheet.text(first.row - 1, column, words(f"charts.{key}"), "heading.right")
    blocks = {"x": places.points(0), "out": places.points(1)}
    reads = {"of": f"{view_name(node, 'below')}.out"}
    lesson.look(f"curve.{node.name}", ExpCurve(POINTS), reads, "number", **blocks)


def _chances_chart(lesson: Lesson, node: Node, places: Softmax) -> Chart:
    """The probability of each class."""
    words, names = lesson.words, series(lesson.plan.blocks[names_at(lesson.plan, node)])
    return Chart(
        "bar",
        words("charts.probabilities"),
        (Series(words("charts.probability"), series(places.chances), names, lesson.theme.chart_first),),
        places.chart(0),
        (CHART, max(CHART_HEIGHT, BAR_HEIGHT * places.count + 80)),
        words("charts.probabilities_alt"),
        y_span=(0.0, LABELLED),
        number_format="0 %",
        label_format=WHOLE,
        labels=True,
    )


def _curve_chart(lesson: Lesson, node: Node, places: Softmax) -> Chart:
    """The classes on the curve of e^x."""
    plan, words, theme = lesson.plan, lesson.words, lesson.theme
    below, exp = plan.blocks[f"{view_name(node, 'below')}.out"], plan.blocks[f"{node.name}.exp"]
    curve = Series(words("charts.exp_curve"), series(places.points(1)), series(places.points(0)), theme.quiet)
    color = theme.chart_second
    classes = Series(words("charts.classes"), series(exp), series(below), color, line=False, markers=True)
    return Chart(
        "scatter",
        words("charts.exp"),
        (curve, classes),
        places.chart(1),
        (CHART, CHART_HEIGHT),
        words("charts.exp_alt"),
        x_title=words("charts.exp_x"),
    )


def headline(lesson: Lesson, section: str) -> tuple[Lens, dict[str, Source]]:
    """What the network says in a line: the answer with its probability, or that it is not sure.

    ``section`` of the words has the texts "said" and "unsure". ValueError where the network tells no classes apart.
    """
    node = lesson.network.line_up
    if node is None:
        raise ValueError("the network tells no classes apart; ask for its line-up before")
    chances = f"{node.name}.out"
    most = inline(Measure("MAX"), x1=chances)
    reads = {"chance": inline(Percent(), x=most), "name": inline(NameOf(), x=chances, names=CLASSES)}
    said: dict[str, Source] = {
        key: inline(Sentence(tuple(lesson.words.parts(f"{section}.{key}"))), **reads) for key in ("said", "unsure")
    }
    return When(SURE, ("unsure",), ("said",)), {"x": most, **said}


def verdict(lesson: Lesson, answer: Source) -> Look:
    """Whether the ``answer`` is the chosen truth."""
    yes, no, none = (lesson.words(f"loss.{key}") for key in ("yes", "no", "unknown"))
    right = inline(Same(yes, no), a=answer, b=f"{TRUTH}.choice")
    return inline(When(0.0, none, ("right",)), x=inline(Measure("SUM"), x1=f"{TRUTH}.out"), right=right)
