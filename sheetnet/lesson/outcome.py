"""The end of the story: probabilities with bars and charts, the truth chosen from a list, the verdict."""

from __future__ import annotations

from sheetnet.grid import Anchor, Block, a1, sheet_prefix
from sheetnet.lesson.frame import Lesson
from sheetnet.lesson.lookup import absolute, fixed
from sheetnet.lesson.measure import characters
from sheetnet.network import TRUTH, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Chart, Series

MOST_CHARTED = 30  # suspects; a chart of more cannot be read
CURVE = 21  # points of a drawn curve


def draw_softmax(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """Bars in the cells, a chart of the probabilities, and the suspects on the curve of e^x."""
    plan, words, theme = lesson.plan, lesson.words, lesson.theme
    chances = plan.blocks[f"{node.name}.out"]
    sheet.bars.append((_range(chances), theme.bar))
    count = chances.shape[0]
    if count > MOST_CHARTED:
        return
    names = Block((count,), (Anchor(sheet.title, chances.anchors[0].row, 2),), ((1, 0),))
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
    """A table of points of e^x and of the suspects on it, and the chart that shows both."""
    plan, words, theme = lesson.plan, lesson.words, lesson.theme
    logits = plan.seen(node)["x"]
    exp, top = plan.blocks[f"{node.name}.exp"], plan.blocks[f"{node.name}.top"].anchors[0]
    total = plan.blocks[f"{node.name}.sum"].anchors[0]
    count = exp.shape[0]
    row = max(total.row, top.row) + 3
    sheet.text(row, 2, words("charts.exp_table"), "heading.plain")
    sheet.text(row + 1, 2, words("labels.suspect"), "heading")
    sheet.text(row + 1, 3, words("charts.exp_x"), "heading.right")
    sheet.text(row + 1, 4, words("charts.exp_y"), "heading.right")
    for i in range(count):
        at = exp.cell(i)
        sheet.formula(row + 2 + i, 2, a1(at.row, 2), "text")
        sheet.formula(row + 2 + i, 3, f"{logits[i]}-{fixed(top.row, top.column)}", "number")
        sheet.formula(row + 2 + i, 4, a1(at.row, at.column), "number")
    start = row + 3 + count
    sheet.text(start, 2, words("charts.exp_curve"), "note")
    lowest = f"MIN(-3,{_corner(row + 2, 3, count)})"
    for k in range(CURVE):
        share = f"{CURVE - 1 - k}/{CURVE - 1}"
        sheet.formula(start + k, 3, f"MAX(-12,{lowest})*{share}", "number")
        sheet.formula(start + k, 4, f"EXP({a1(start + k, 3)})", "number")
    here = sheet.title
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
    """The choice of the truth, and whether the detective is right; on the sheet where the truth stands."""
    plan, words = lesson.plan, lesson.words
    truth = next((t for t in plan.truth if t.choice.sheet == sheet.title), None)
    if truth is None:
        return
    block = plan.blocks[f"{TRUTH}.out"]
    sheet.tensor(block, lesson.values[f"{TRUTH}.out"], "number.general", truth.rule())
    names, choice = truth.names, truth.choice
    nobody = Anchor(sheet.title, names.anchors[0].row + names.shape[0], 2)
    sheet.text(choice.row, 2, words("loss.choose"), "text")
    chosen = [
        name for name, value in zip(lesson.network.classes, lesson.values[f"{TRUTH}.out"], strict=True) if value
    ]
    sheet.text(choice.row, choice.column, chosen[0] if chosen else words("loss.nobody"), "choice.text")
    sheet.text(choice.row, choice.column + 1, words("loss.choose_how"), "note")
    sheet.text(nobody.row, 2, words("loss.nobody"), "note")
    sheet.choices.append((a1(choice.row, choice.column), absolute(names.anchors[0], nobody, sheet.title)))
    view = plan.views.get(f"{node.name}.p")
    if view is None:
        return
    labels = [words(f"loss.{key}") for key in ("choose", "right", "truth")] + [words("start.verdict")]
    sheet.widths[2] = max(sheet.widths[2], *(characters(label) for label in labels))
    sheet.widths[3] = max(sheet.widths[3], *(characters(name, bold=True) for name in lesson.network.classes))
    row = _verdict_row(lesson, node)
    sheet.text(row, 2, words("start.verdict"), "text")
    sheet.formula(
        row, 3, pick(names.viewed(sheet.title), f"MAX({view.block.viewed(sheet.title)[:]})", view.block), "answer"
    )
    sheet.text(row + 1, 2, words("loss.truth"), "text")
    sheet.formula(row + 1, 3, a1(choice.row, choice.column), "text")
    sheet.text(row + 2, 2, words("loss.right"), "text")
    sheet.formula(row + 2, 3, verdict(lesson, sheet.title, a1(row, 3)), "answer")


def _verdict_row(lesson: Lesson, node: Node) -> int:
    """Below all that the loss shows: the answer, the truth, whether they agree."""
    return max(at.anchors[0].row for name, at in lesson.plan.blocks.items() if name.startswith(f"{node.name}.")) + 2


def right_cell(lesson: Lesson) -> str | None:
    """The cell of the loss that says whether the answer is right, as other sheets name it."""
    node = lesson.network.last("crossentropy")
    if node is None or f"{node.name}.p" not in lesson.plan.views:
        return None
    return f"{sheet_prefix(lesson.plan.sheets[node.name])}{a1(_verdict_row(lesson, node) + 2, 3)}"


def verdict(lesson: Lesson, home: str, answer: str) -> str:
    """A formula that says whether the ``answer`` (an address or a formula) is the chosen truth."""
    truth, words = lesson.plan.truth[0], lesson.words
    block = lesson.plan.blocks[f"{TRUTH}.out"].viewed(home)
    yes, no, none = (quoted(words(f"loss.{key}")) for key in ("yes", "no", "unknown"))
    chosen = absolute(truth.choice, truth.choice, home)
    return f"IF(COUNTIF({block[:]},1)=0,{none},IF(EXACT({answer},{chosen}),{yes},{no}))"


def pick(names: Block, goal: str, among: Block) -> str:
    """The name in whose row ``goal`` stands. Of one name there is nothing to look up (nor would Gnumeric)."""
    if among.shape[0] == 1:
        return names[0]
    return f"INDEX({names[:]},MATCH({goal},{among.viewed(names.seen_from)[:]},0))"


def quoted(text: str) -> str:
    """A text inside a formula."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _range(block: Block) -> str:
    first, last = block.rectangles()[0]
    return f"{a1(first.row, first.column)}:{a1(last.row, last.column)}"


def _anywhere(block: Block) -> str:
    """The cells of a column with their sheet, as a chart names them."""
    first, last = block.rectangles()[0]
    return absolute(first, last, "")


def _column(sheet: str, row: int, column: int, count: int) -> str:
    return absolute(Anchor(sheet, row, column), Anchor(sheet, row + count - 1, column), "")


def _corner(row: int, column: int, count: int) -> str:
    return f"{fixed(row, column)}:{fixed(row + count - 1, column)}"
