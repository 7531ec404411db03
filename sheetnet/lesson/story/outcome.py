"""The last sheets of the story: probabilities with bars and charts, the choice of the truth, the verdict."""

from __future__ import annotations

from sheetnet.layers.arithmetic.sub import Sub
from sheetnet.layout import names_at, view_name
from sheetnet.layout.addresses import area, at, fixed_area, series
from sheetnet.layout.sheets.outcome import LABELS, MOST_CHARTED, POINTS, VALUES, Softmax, loss_of, softmax_of
from sheetnet.lenses import Bar, Copy, ExpCurve, Look, Measure, NameOf, Same, Sentence, Source, When, inline
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import characters
from sheetnet.network import TRUTH, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Chart, Series

BARS_WIDTH = 24.0  # characters of a column of bars of text


def draw_softmax(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """Bars in the cells, a chart of the probabilities, and the classes on the curve of e^x."""
    plan, words, theme = lesson.plan, lesson.words, lesson.theme
    places = softmax_of(plan, node)
    sheet.bars.append((area(places.chances), theme.bar))
    if places.count > MOST_CHARTED:  # no chart: then bars of text, for programs that draw no bars in cells
        bars = places.bars()
        first = bars.anchors[0]
        sheet.text(first.row - 1, first.column, words("charts.bars"), "heading")
        sheet.widths[first.column] = BARS_WIDTH
        lesson.look(f"bars.{node.name}", Bar(), {"x": f"{node.name}.out"}, "bar", out=bars)
        return
    names = series(plan.blocks[names_at(plan, node)])
    sheet.charts.append(
        Chart(
            "bar",
            words("charts.probabilities"),
            (Series(words("charts.probability"), series(places.chances), names, theme.chart_first),),
            places.chart(),
            (520, places.chart_height),
            words("charts.probabilities_alt"),
            y_title=words("charts.probability"),
            y_span=(0.0, 1.0),
            number_format="0%",
            labels=True,
        )
    )
    _draw_table(lesson, sheet, node, places)
    sheet.charts.append(_curve_chart(lesson, places))


def _draw_table(lesson: Lesson, sheet: Sheet, node: Node, places: Softmax) -> None:
    """A table of points of e^x, and of the classes on it."""
    plan, words, row = lesson.plan, lesson.words, places.table
    sheet.text(row, LABELS, words("charts.exp_table"), "heading.plain")
    sheet.text(row + 1, LABELS, words("labels.class"), "heading")
    sheet.text(row + 1, LABELS + 1, words("charts.exp_x"), "heading.right")
    sheet.text(row + 1, LABELS + 2, words("charts.exp_y"), "heading.right")
    name = f"curve.{node.name}"
    lesson.look(f"{name}.names", Copy(), {"x": names_at(plan, node)}, "text", out=places.classes(0))
    apart = {"x": f"{view_name(node, 'x')}.out", "y": f"{node.name}.top"}
    lesson.look(f"{name}.logits", Sub(), apart, "number", out=places.classes(1))
    lesson.look(f"{name}.exp", Copy(), {"x": f"{node.name}.exp"}, "number", out=places.classes(2))
    sheet.text(places.points(0).anchors[0].row, LABELS, words("charts.exp_curve"), "note")
    blocks = {"x": places.points(1), "out": places.points(2)}
    lesson.look(f"{name}.points", ExpCurve(POINTS), {"of": f"{name}.logits.out"}, "number", **blocks)


def _curve_chart(lesson: Lesson, places: Softmax) -> Chart:
    """The classes on the curve of e^x."""
    words, theme = lesson.words, lesson.theme
    curve = Series(words("charts.exp_curve"), series(places.points(2)), series(places.points(1)), theme.quiet)
    classes = Series(
        words("charts.exp_points"),
        series(places.classes(2)),
        series(places.classes(1)),
        theme.chart_second,
        line=False,
        markers=True,
    )
    return Chart(
        "scatter",
        words("charts.exp"),
        (curve, classes),
        places.curve_chart(),
        (520, 340),
        words("charts.exp_alt"),
        x_title=words("charts.exp_x"),
        y_title=words("charts.exp_y"),
    )


def draw_loss(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """The choice of the truth, and whether the answer is right; on the sheet where the truth is chosen."""
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
    labels = [words(f"loss.{key}") for key in ("choose", "right", "truth")] + [words("start.verdict")]
    sheet.widths[LABELS] = max(sheet.widths[LABELS], *(characters(label) for label in labels))
    longest = max(characters(name, bold=True) for name in lesson.network.classes)
    sheet.widths[VALUES] = max(sheet.widths[VALUES], longest)
    right = verdict(lesson, "loss.answer.out")
    answer: dict[str, Source] = {"x": chances, "names": names_at(plan, node)}
    lines = (
        ("start.verdict", Look("loss.answer", NameOf(), answer), "answer"),
        ("loss.truth", Look("loss.truth", Sentence((("choice",),)), {"choice": f"{TRUTH}.choice"}), "text"),
        ("loss.right", Look("loss.right", right.lens, right.reads), "answer"),
    )
    for number, (key, line, style) in enumerate(lines):
        sheet.text(places.verdict + number, LABELS, words(key), "text")
        lesson.look(line.name, line.lens, line.reads, style, out=places.line(number))


def verdict(lesson: Lesson, answer: Source) -> Look:
    """Whether the ``answer`` is the chosen truth."""
    yes, no, none = (lesson.words(f"loss.{key}") for key in ("yes", "no", "unknown"))
    right = inline(Same(yes, no), a=answer, b=f"{TRUTH}.choice")
    return inline(When(0.0, none, ("right",)), x=inline(Measure("SUM"), x1=f"{TRUTH}.out"), right=right)
