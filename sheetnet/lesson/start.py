"""The sheet Start: the photo, the verdict, the way through the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING

from sheetnet.grid import Anchor, Block
from sheetnet.layout import View
from sheetnet.lesson.frame import Lesson, times
from sheetnet.network import PHOTO, TRUTH, Network, Node
from sheetnet.workbook.book import Sheet

if TYPE_CHECKING:
    from sheetnet.photo import Photo

MOST_SUSPECTS = 12  # listed on Start; more are on the sheet of the softmax
VIEW = "start"


def place_start(lesson: Lesson, title: str) -> None:
    """Reserve the cells of the probabilities, so that they are verified like every other copy."""
    node = lesson.network.last("softmax")
    if node is not None and len(lesson.network.classes) <= MOST_SUSPECTS:
        block = Block((len(lesson.network.classes),), (Anchor(title, 11, 3),), ((1, 0),))
        lesson.plan.views[VIEW] = View(f"{node.name}.out", block)


def formula_count(network: Network) -> int:
    """How many formulas the sheet Start will have."""
    if network.last("softmax") is None:
        return 1
    copies = len(network.classes) if len(network.classes) <= MOST_SUSPECTS else 0
    return 3 + int(network.has_truth) + copies


def draw_start(lesson: Lesson, sheet: Sheet, prose: Mapping[str, str], weights: str, photo: Photo) -> None:
    """Title, verdict, suspects, photo, steps, legend. ``weights``: "trained", "given" or "untrained"."""
    words = lesson.words
    sheet.widths |= {1: 7.0, 2: 22.0, 3: 46.0, 4: 16.0, 5: 16.0, 6: 12.0}
    sheet.text(1, 1, prose["title"], "title")
    sheet.text(2, 1, prose["lead"], "lead")
    sheet.heights |= {1: 30.0, 2: 18.0}
    row = _draw_verdict(lesson, sheet, weights)
    sheet.text(3, 5, words("start.picture"), "note")
    sheet.pictures.append(("E4", photo.picture, words("input.photo_alt", title=photo.title), 190))
    _draw_legend(lesson, sheet, _draw_steps(lesson, sheet, max(row, 15)))


def _draw_verdict(lesson: Lesson, sheet: Sheet, weights: str) -> int:
    network, plan, words = lesson.network, lesson.plan, lesson.words
    node = network.last("softmax")
    if node is None:
        return 4
    chances = plan.blocks[f"{node.name}.out"].viewed(sheet.title)
    suspects = _names_beside(chances)
    sheet.text(4, 2, words("start.verdict"), "text")
    sheet.formula(4, 3, _pick(suspects, f"MAX({chances[:]})", chances), "answer")
    sheet.text(5, 2, words("start.sure"), "text")
    sheet.formula(5, 3, f"MAX({chances[:]})", "answer.percent")
    sheet.text(6, 2, words("start.truth"), "text")
    if network.has_truth:
        truth = plan.blocks[f"{TRUTH}.out"].viewed(sheet.title)
        missing = words("start.no_truth").replace('"', '""')
        sheet.formula(6, 3, f'IF(COUNTIF({truth[:]},1)=0,"{missing}",{_pick(suspects, "1", truth)})', "text")
    sheet.text(8, 2, words(f"start.{weights}"), "warning" if weights == "untrained" else "text")
    if VIEW not in plan.views:
        return 10
    sheet.text(10, 2, words("start.suspects"), "heading")
    sheet.text(10, 3, words("start.probability"), "heading.right")
    view = plan.views[VIEW]
    sheet.tensor(view.block, lesson.values[view.tensor], "percent", view.rule(chances))
    for number, name in enumerate(network.classes):
        sheet.text(11 + number, 2, name, "text")
    return 12 + len(network.classes)


def _pick(suspects: str, goal: str, among: Block) -> str:
    """The suspect in whose row ``goal`` stands. Of one suspect there is nothing to look up (nor would Gnumeric)."""
    return f"INDEX({suspects},MATCH({goal},{among[:]},0))" if len(among.anchors) * among.shape[0] > 1 else suspects


def _names_beside(block: Block) -> str:
    """The range of the suspects' names, in column B beside a column of the same sheet."""
    first, last = block.rectangles()[0]
    names = Block(block.shape, (Anchor(first.sheet, first.row, 2),), ((1, 0),), block.seen_from)
    return names[:] if last.row > first.row else names[0]


def _draw_steps(lesson: Lesson, sheet: Sheet, row: int) -> int:
    network, plan, words = lesson.network, lesson.plan, lesson.words
    heads = ("start.steps", "", "start.what", "start.shape_in", "start.shape_out", "start.formulas")
    for column, key in enumerate(heads, 1):
        sheet.text(row, column, words(key) if key else "", "heading")
    row += 1
    sheet.number(row, 1, 1, "index")
    sheet.link(row, 2, plan.sheets[PHOTO], plan.sheets[PHOTO])
    sheet.text(row, 3, ", ".join(plan.channels), "text")
    sheet.text(row, 5, times(network.shape), "text")
    for i, title in enumerate(plan.channels):
        sheet.link(row + 1 + i, 2, title, title)
    row += 1 + len(plan.channels)
    for number, node in enumerate(network.nodes, 2):
        sheet.number(row, 1, number, "index")
        title = plan.sheets[node.name]
        sheet.link(row, 2, title, title)
        sheet.text(row, 3, words(f"kinds.{node.layer.kind}.title"), "text")
        shapes = network.input_shapes(node)
        sheet.text(row, 4, times(next(iter(shapes.values()))), "text")
        sheet.text(row, 5, times(network.shapes[f"{node.name}.out"]), "text")
        sheet.number(row, 6, _formulas(lesson, node), "count")
        row += 1
    sheet.text(row, 5, words("start.total"), "heading")
    sheet.formula(row, 6, f"SUM(F{row - len(network.nodes)}:F{row - 1})", "count")
    return row + 2


def _formulas(lesson: Lesson, node: Node) -> int:
    return sum(
        prod(lesson.network.shapes[f"{node.name}.{t}"]) for t in node.layer.tensors(lesson.network.input_shapes(node))
    )


def _draw_legend(lesson: Lesson, sheet: Sheet, row: int) -> None:
    sheet.text(row, 2, lesson.words("start.legend"), "heading")
    sheet.text(row, 3, "", "heading")
    for number, (key, style) in enumerate((("input", "sample"), ("formula", "text"), ("answer", "answer")), 1):
        sheet.text(row + number, 2, lesson.words(f"start.legend_{key}"), style)
        sheet.text(row + number, 3, lesson.words(f"start.legend_{key}_text"), "text")
