"""The end of the story: probabilities with bars and charts, the truth chosen from a list, the verdict."""

from __future__ import annotations

from sheetnet.grid import Anchor, Block, a1
from sheetnet.layers.arithmetic.sub import Sub
from sheetnet.layout import names_at, view_name
from sheetnet.layout.addresses import absolute
from sheetnet.layout.places import cell, down
from sheetnet.layout.sheets.outcome import MOST_CHARTED
from sheetnet.lenses import Bar, Copy, ExpCurve, Look, Measure, NameOf, Same, Sentence, Source, When, inline
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import characters
from sheetnet.network import TRUTH, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Chart, Series

BARS_WIDTH = 24.0  # characters of a column of bars of text
CURVE = 21  # points of a drawn curve


def draw_softmax(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """Bars in the cells, a chart of the probabilities, and the classes on the curve of e^x."""
    plan, words, theme = lesson.plan, lesson.words, lesson.theme
    chances = plan.blocks[f"{node.name}.out"]
    sheet.bars.append((_range(chances), theme.bar))
    count = chances.shape[0]
    if count > MOST_CHARTED:  # no chart: then bars of text, for programs that draw no bars in cells
        at = chances.anchors[0]
        sheet.text(at.row - 1, at.column + 1, words("charts.bars"), "heading")
        sheet.widths[at.column + 1] = BARS_WIDTH
        bars = down(sheet.title, at.row, at.column + 1, count)
        lesson.look(f"bars.{node.name}", Bar(), {"x": f"{node.name}.out"}, "bar", out=bars)
        return
    names = plan.blocks[names_at(plan, node)]
    right = chances.anchors[0].column + 2
    high = max(220, 70 + 32 * count)
    sheet.charts.append(
        Chart(
            "bar",
            words("charts.probabilities"),
            (Series(words("charts.probability"), _anywhere(chances), _anywhere(names), theme.chart_first),),
            a1(names.anchors[0].row - 1, right),
            (520, high),
            words("charts.probabilities_alt"),
            y_title=words("charts.probability"),
            y_span=(0.0, 1.0),
            number_format="0%",
            labels=True,
        )
    )
    _draw_curve(lesson, sheet, node, right, names.anchors[0].row + high // 20 + 1)


def _draw_curve(lesson: Lesson, sheet: Sheet, node: Node, right: int, chart_row: int) -> None:
    """A table of points of e^x and of the classes on it, and the chart that shows both."""
    plan, words, theme = lesson.plan, lesson.words, lesson.theme
    exp, top = plan.blocks[f"{node.name}.exp"], plan.blocks[f"{node.name}.top"].anchors[0]
    total = plan.blocks[f"{node.name}.sum"].anchors[0]
    count = exp.shape[0]
    row = max(total.row, top.row) + 3
    sheet.text(row, 2, words("charts.exp_table"), "heading.plain")
    sheet.text(row + 1, 2, words("labels.class"), "heading")
    sheet.text(row + 1, 3, words("charts.exp_x"), "heading.right")
    sheet.text(row + 1, 4, words("charts.exp_y"), "heading.right")
    here, name = sheet.title, f"curve.{node.name}"
    lesson.look(f"{name}.names", Copy(), {"x": names_at(plan, node)}, "text", out=down(here, row + 2, 2, count))
    logits = f"{view_name(node, 'x')}.out"
    apart = {"x": logits, "y": f"{node.name}.top"}
    lesson.look(f"{name}.logits", Sub(), apart, "number", out=down(here, row + 2, 3, count))
    lesson.look(f"{name}.exp", Copy(), {"x": f"{node.name}.exp"}, "number", out=down(here, row + 2, 4, count))
    start = row + 3 + count
    sheet.text(start, 2, words("charts.exp_curve"), "note")
    blocks = {"x": down(here, start, 3, CURVE), "out": down(here, start, 4, CURVE)}
    lesson.look(f"{name}.points", ExpCurve(CURVE), {"of": f"{name}.logits.out"}, "number", **blocks)
    curve = Series(
        words("charts.exp_curve"), _column(here, start, 4, CURVE), _column(here, start, 3, CURVE), theme.quiet
    )
    points = Series(
        words("charts.exp_points"),
        _column(here, row + 2, 4, count),
        _column(here, row + 2, 3, count),
        theme.chart_second,
        line=False,
        markers=True,
    )
    sheet.charts.append(
        Chart(
            "scatter",
            words("charts.exp"),
            (curve, points),
            a1(chart_row, right),
            (520, 340),
            words("charts.exp_alt"),
            x_title=words("charts.exp_x"),
            y_title=words("charts.exp_y"),
        )
    )


def draw_loss(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """The choice of the truth, and whether the answer is right; on the sheet where the truth stands."""
    plan, words = lesson.plan, lesson.words
    choice = plan.truth
    if choice is None or choice.anchors[0].sheet != sheet.title:
        return
    at, names = choice.anchors[0], plan.blocks[names_at(plan, node)]
    nobody = Anchor(sheet.title, names.anchors[0].row + names.shape[0], 2)
    sheet.text(at.row, 2, words("loss.choose"), "text")
    truth = zip(lesson.network.classes, lesson.values[f"{TRUTH}.out"], strict=True)
    chosen = [name for name, value in truth if value]
    lesson.give(f"{TRUTH}.choice", chosen[0] if chosen else words("loss.nobody"), "choice.text")
    lesson.show(TRUTH, "number.general")
    sheet.text(at.row, at.column + 1, words("loss.choose_how"), "note")
    sheet.text(nobody.row, 2, words("loss.nobody"), "note")
    sheet.choices.append((a1(at.row, at.column), absolute(names.anchors[0], nobody, sheet.title)))
    chances = f"{view_name(node, 'p')}.out"
    if chances not in plan.blocks:
        return
    labels = [words(f"loss.{key}") for key in ("choose", "right", "truth")] + [words("start.verdict")]
    sheet.widths[2] = max(sheet.widths[2], *(characters(label) for label in labels))
    sheet.widths[3] = max(sheet.widths[3], *(characters(name, bold=True) for name in lesson.network.classes))
    row = max(b.anchors[0].row for name, b in plan.blocks.items() if name.startswith(f"{node.name}.")) + 2
    sheet.text(row, 2, words("start.verdict"), "text")
    reads = {"x": chances, "names": names_at(plan, node)}
    lesson.look("loss.answer", NameOf(), reads, "answer", out=cell(sheet.title, row, 3))
    sheet.text(row + 1, 2, words("loss.truth"), "text")
    copy = Sentence((("choice",),))
    lesson.look("loss.truth", copy, {"choice": f"{TRUTH}.choice"}, "text", out=cell(sheet.title, row + 1, 3))
    sheet.text(row + 2, 2, words("loss.right"), "text")
    right = verdict(lesson, "loss.answer.out")
    lesson.look("loss.right", right.lens, right.reads, "answer", out=cell(sheet.title, row + 2, 3))


def verdict(lesson: Lesson, answer: Source) -> Look:
    """Whether the ``answer`` is the chosen truth."""
    yes, no, none = (lesson.words(f"loss.{key}") for key in ("yes", "no", "unknown"))
    right = inline(Same(yes, no), a=answer, b=f"{TRUTH}.choice")
    return inline(When(0.0, none, ("right",)), x=inline(Measure("SUM"), x1=f"{TRUTH}.out"), right=right)


def _range(block: Block) -> str:
    first, last = block.rectangles()[0]
    return f"{a1(first.row, first.column)}:{a1(last.row, last.column)}"


def _anywhere(block: Block) -> str:
    """The cells of a column with their sheet, as a chart names them."""
    first, last = block.rectangles()[0]
    return absolute(first, last, "")


def _column(sheet: str, row: int, column: int, count: int) -> str:
    return absolute(Anchor(sheet, row, column), Anchor(sheet, row + count - 1, column), "")
