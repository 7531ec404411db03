"""The sheet of one layer: its formulas and numbers in their cells, drawn as pictures or as a table."""

from __future__ import annotations

from sheetnet.grid import a1
from sheetnet.layout import FIRST
from sheetnet.lesson.frame import Lesson, draw_head, draw_links, look, picture_sheet, times
from sheetnet.lesson.pictures import draw_pictures
from sheetnet.lesson.tables import draw_table
from sheetnet.network import Node


def draw_node(lesson: Lesson, node: Node) -> None:
    """The sheet of one layer."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    title = plan.sheets[node.name]
    out = f"{node.name}.out"
    pictures = len(network.shapes[out]) == 3
    sheet = picture_sheet(lesson, title) if pictures else lesson.book.add(title, freeze=f"A{FIRST + 1}")
    rules = node.layer.forward_cells(plan.seen(node))
    kind = f"kinds.{node.layer.kind}"
    options = {"height": "", "width": "", "down": "", "padding": ""} | _window(node)
    about = words(f"{kind}.formula", **options)
    first = plan.blocks[out].cell(*(0,) * len(network.shapes[out]))
    formula = rules["out"](*(0,) * len(network.shapes[out]))
    example = words("step.example", address=a1(first.row, first.column), formula=formula)
    draw_head(lesson, sheet, f"{words(f'{kind}.title')}: {node.name}", words(f"{kind}.lead"), about, example, node)
    for own, rule in rules.items():
        full = f"{node.name}.{own}"
        answer = node.layer.kind in ("softmax", "crossentropy") and own == "out"
        percent = "answer.percent" if node.layer.kind == "softmax" else "answer.number"
        plain = "map" if len(network.shapes[full]) == 3 else "number"
        style = percent if answer else look(plain, lesson.values[full])
        sheet.tensor(plan.blocks[full], lesson.values[full], style, rule)
    for own in node.layer.params(network.input_shapes(node)):
        value = lesson.values[f"{node.name}.{own}"]
        sheet.tensor(plan.blocks[f"{node.name}.{own}"], value, look("weight", value) if pictures else "weight.wide")
    if pictures:
        draw_pictures(lesson, sheet, node)
    else:
        draw_table(lesson, sheet, node)
    draw_links(lesson, sheet)


def _window(node: Node) -> dict[str, object]:
    """The options of a window as words fill them in."""
    size, stride = getattr(node.layer, "size", None), getattr(node.layer, "stride", None)
    if size is None or stride is None:
        return {}
    padding = getattr(node.layer, "padding", "valid")
    shown = padding if isinstance(padding, str) else times(padding)
    down = str(stride[0]) if stride[0] == stride[1] else times(stride)
    return {"height": size[0], "width": size[1], "down": down, "padding": shown}
