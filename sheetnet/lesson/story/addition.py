"""The addition of a residual block as three pictures side by side: F(x), x, and their sum, in the same colours."""

from __future__ import annotations

from sheetnet.layout import CHOSEN, Plan, shortcut, view_name
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import number_style
from sheetnet.network import Node
from sheetnet.workbook.book import Sheet


def copies(plan: Plan, node: Node) -> dict[str, str]:
    """The copies that the sheet of an addition shows: own name -> look. "out" is the chosen channel of the sum."""
    chosen = view_name(node, CHOSEN)
    found = {"out": chosen} if chosen in plan.looks else {}
    for own in shortcut(plan.network, node) or ():
        for name in (view_name(node, own), f"{chosen}.{own}"):
            if name in plan.looks:
                found[own] = name
    return found


def repeated(plan: Plan, name: str) -> str:
    """The tensor that a copy repeats, or of which it shows a part."""
    return next(
        source for own, source in plan.looks[name].reads.items() if own in ("x", "x1") and isinstance(source, str)
    )


def draw_added(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """Label F(x) and x to the left of the maps of an addition, with signs between. Other layers stay as they are."""
    plan, words = lesson.plan, lesson.words
    shown = copies(plan, node)
    added = shortcut(plan.network, node) or ()
    if not added or added[0] not in shown:
        return
    for own, key, sign in zip(added, ("found", "came"), ("+", "="), strict=True):
        tensor, block = repeated(plan, shown[own]), plan.blocks[f"{shown[own]}.out"]
        lesson.show(shown[own], number_style("map", lesson.values[tensor]))
        name = tensor.partition(".")[0]
        label = words(f"residual.{key}", name=lesson.named.get(name, name))
        height, width = block.shape[-2:]
        for at in block.anchors:
            sheet.text(at.row - 1, at.column, label, "note")
            sheet.text(at.row + (height - 1) // 2, at.column + width + 1, sign, "sign")
    if "out" in shown:
        at = plan.blocks[f"{shown['out']}.out"].anchors[0]
        sheet.text(at.row - 1, at.column, words("residual.sum"), "note")
