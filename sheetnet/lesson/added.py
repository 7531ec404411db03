"""The addition of a residual block as three pictures side by side: F(x), x, and their sum, in the same colours."""

from __future__ import annotations

from sheetnet.layout import CHOSEN, Plan, View, shortcut
from sheetnet.lesson.frame import Lesson, look
from sheetnet.network import Node
from sheetnet.workbook.book import Sheet


def copies(plan: Plan, node: Node) -> dict[str, View]:
    """What a layer's maps are shown beside, or as, by the layer's own name of it: "out" is the one chosen channel."""
    chosen = f"{node.name}.{CHOSEN}"
    found = {"out": plan.views[chosen]} if chosen in plan.views else {}
    for own in shortcut(plan.network, node) or ():
        for name in (f"{node.name}.{own}", f"{chosen}.{own}"):
            if name in plan.views:
                found[own] = plan.views[name]
    return found


def draw_added(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """F(x) and x to the left of the maps of an addition, and the signs between them; nothing of other layers."""
    plan, words = lesson.plan, lesson.words
    shown = copies(plan, node)
    added = shortcut(plan.network, node) or ()
    if not added or added[0] not in shown:
        return
    for own, key, sign in zip(added, ("found", "came"), ("+", "="), strict=True):
        view = shown[own]
        values = lesson.values[view.tensor]
        rule = view.rule(plan.blocks[view.tensor].viewed(sheet.title))
        whole = view.choice is None
        sheet.tensor(view.block, values if whole else values[0], look("map", values), rule)
        name = view.tensor.partition(".")[0]
        label = words(f"residual.{key}", name=lesson.named.get(name, name))
        height, width = view.block.shape[-2:]
        for at in view.block.anchors:
            sheet.text(at.row - 1, at.column, label, "note")
            sheet.text(at.row + (height - 1) // 2, at.column + width + 1, sign, "sign")
    if "out" in shown:
        at = shown["out"].block.anchors[0]
        sheet.text(at.row - 1, at.column, words("residual.sum"), "note")
