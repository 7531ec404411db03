"""The sheets of the second forward pass: the new weights where the old ones lie, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping

from sheetnet.layout import form
from sheetnet.lenses import Update
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links
from sheetnet.lesson.frame.looks import add_scale, number_style, signed_stops, times
from sheetnet.lesson.learning.mirror import (
    label,
    mirror_sheet,
    mirrored,
    name_classes,
    own_name,
    room_around,
    style_of,
)
from sheetnet.lesson.learning.passes import Passes
from sheetnet.lesson.story.tables import column_label
from sheetnet.network import Node
from sheetnet.words import Words
from sheetnet.workbook.book import Sheet

RATE = "update.rate"


def after_titles(sheets: Mapping[str, str], passes: Passes, words: Words) -> dict[str, str]:
    """The title of each sheet of the second pass, by that of the sheet of the first."""
    titles = dict.fromkeys(sheets[node.name] for node in passes.nodes)
    return {title: words("sheets.after", title=title) for title in titles}


def draw_forward(lesson: Lesson, passes: Passes, gradients: dict[str, str]) -> None:
    """All sheets. ``gradients``: the full name of the gradient of each weight."""
    titles = after_titles(lesson.plan.sheets, passes, lesson.words)
    sheets: dict[str, Sheet] = {}
    for node in passes.nodes:
        title = titles[lesson.plan.sheets[node.name]]
        if title not in sheets:
            sheets[title] = _new_sheet(lesson, title, node)
            alike = [one for one in passes.nodes if titles[lesson.plan.sheets[one.name]] == title]
            _head(lesson, sheets[title], node, moves=any(passes.learned(one) for one in alike))
        _draw(lesson, passes, node, sheets[title], titles, gradients)
    for sheet in sheets.values():
        draw_links(lesson, sheet, *(of for of, title in titles.items() if title == sheet.title))


def _draw(
    lesson: Lesson, passes: Passes, node: Node, sheet: Sheet, titles: dict[str, str], gradients: dict[str, str]
) -> None:
    plan, network = lesson.plan, lesson.network
    reads = passes.again(node, "after")
    style = "map" if form(network, node) == "pictures" else "number"
    for own in node.layer.params(network.input_shapes(node)):
        full = f"{node.name}.{own}"
        if full not in gradients:
            continue
        name, place = f"new.{full}", mirrored(plan.blocks[full], titles)
        lesson.look(name, Update(), {"weight": full, "gradient": gradients[full], "rate": RATE}, style, out=place)
        _show(lesson, sheet, f"{name}.out", style, lesson.words("learning.new", of=own_name(lesson, own)))
        reads[own] = f"{name}.out"
    tensors = node.layer.tensors(network.input_shapes(node))
    blocks = {own: mirrored(plan.blocks[f"{node.name}.{own}"], titles) for own in tensors}
    name = f"after.{node.name}"
    lesson.look(name, node.layer, reads, style, **blocks)
    for own in tensors:
        listed = form(network, node) == "table"
        _show(lesson, sheet, f"{name}.{own}", style, (column_label if listed else _short)(lesson, node, own), listed)
    name_classes(lesson, sheet, node, "after")


def _short(lesson: Lesson, node: Node, own: str) -> str:
    """What a tensor is called that does not stand in a table."""
    return own_name(lesson, own)


def _show(lesson: Lesson, sheet: Sheet, full: str, style: str, text: str, listed: bool = False) -> None:
    """Style, colours and label of a tensor. ``listed``: in a table, whose columns have headings."""
    block, values = lesson.plan.blocks[full], lesson.value(full)
    lesson.styles[full] = style_of(style == "map", values) if full.startswith("new.") else number_style(style, values)
    if values.size > 1:
        add_scale(sheet, block, signed_stops(lesson, values))
    if listed:
        at = block.anchors[0]
        row, column, kind = (
            (at.row - 1, at.column, "heading.right") if block.shape else (at.row, at.column + 1, "after")
        )
        sheet.text(row, column, text, kind)
        return
    top = 0 if full.startswith("new.") else room_around(lesson, full.removeprefix("after."))[0]
    label(sheet, block, text, above=style == "map", room=top)


def _new_sheet(lesson: Lesson, title: str, node: Node) -> Sheet:
    pictures = form(lesson.network, node) == "pictures"
    return mirror_sheet(lesson, title, lesson.plan.sheets[node.name], pictures=pictures)


def _head(lesson: Lesson, sheet: Sheet, node: Node, *, moves: bool) -> None:
    """The head of a sheet. ``moves``: whether weights that lie on it took a step."""
    words, plan = lesson.words, lesson.plan
    block = plan.blocks[f"{node.name}.out"]
    title = words("learning.after_title", name=plan.sheets[node.name], shape=times(block.shape))
    lead = words("learning.after_lead" if moves else "learning.after_lead_follows", title=plan.sheets[node.name])
    draw_head(lesson, sheet, Head(title, lead, in_words=words("learning.update") if moves else ""))
